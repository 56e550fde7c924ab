"""Become another program of ours that ends with its parent, even one that is killed.

python -m tests.chaos.leash PARENT_PID MODULE ARGUMENTS …
"""

import os
import signal
import sys

from db.embedded.processes import ON_LINUX, end_with_parent


def main() -> None:
    parent, *command = sys.argv[1:]
    if ON_LINUX:
        end_with_parent(int(parent), signal.SIGTERM)
    os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606


if __name__ == "__main__":
    main()
