"""Kill the worker right after tools' effects, again and again, and count.

python -m tests.chaos.effects [--rounds 50] [--allowed-by nobody customer operator]
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.effects.rounds import KINDS
from tests.chaos.effects.scenario import kill_after_effects


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.effects")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--allowed-by", nargs="+", choices=KINDS, default=[*KINDS])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whatsapp-bot-effects-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        tally = kill_after_effects(
            folder,
            given.rounds,
            given.allowed_by,
            lambda: print(".", end="", flush=True),
        )
    print(f"\n{tally}")
    if tally.wrong:
        sys.exit("The promise was broken:\n" + "\n".join(tally.wrong))


if __name__ == "__main__":
    main()
