"""Kill the worker right after a tool's effect, again and again, and count.

python -m tests.chaos.effects [--rounds 50]
"""

import argparse
import sys
import tempfile
from pathlib import Path

from db import schema
from db.embedded.server import EmbeddedPostgres
from tests.chaos.effects.counter import Shop
from tests.chaos.effects.rounds import Tally, play, with_shop
from tests.db.sql import opened
from tests.house import House, living


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.effects")
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="whatsapp-bot-effects-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with (
            EmbeddedPostgres(folder / "data", {"fsync": "off"}) as server,
            Shop() as shop,
        ):
            with opened(server.url) as database:
                schema.upgrade(database)
            with living(House(folder, server.url, **with_shop(shop))) as house:
                for number in range(rounds):
                    play(house, shop, number, tally)
                    print(".", end="", flush=True)
    print(f"\n{tally.rounds} kills right after an effect")
    print(f"effects a round: {dict(tally.effects)}; answers: {dict(tally.answers)}")
    if tally.wrong:
        sys.exit("The promise was broken:\n" + "\n".join(tally.wrong))


if __name__ == "__main__":
    main()
