"""Commands for what the bot may call; each module adds its own."""
