"""`python -m bot` is `bot`."""

from bot.cli import main

if __name__ == "__main__":
    main()
