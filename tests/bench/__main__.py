"""`python -m tests.bench`: all figures in one run, ratios first."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence

from tests.bench.acks import measure_acks
from tests.bench.answers import measure_answers
from tests.bench.effort import FULL, QUICK, Effort
from tests.bench.figures import Figure
from tests.bench.long_chat import measure_long_chat
from tests.bench.machine import describe
from tests.bench.road import measure_crowd, measure_idle
from tests.bench.search import measure_search
from tests.bench.stage import Stage, set_up
from tests.bench.stand_in import RefusedError
from tests.bench.table import as_markdown, as_text

MOST_SECONDS = 900.0
MEASURES: dict[str, Callable[[Stage, Effort], Awaitable[list[Figure]]]] = {
    "acks": measure_acks,
    "long-chat": measure_long_chat,
    "answers": measure_answers,
    "crowd": measure_crowd,
    "idle": measure_idle,
    "search": lambda stage, effort: measure_search(stage, effort.search_chats),
}


def main() -> None:
    """Measure, and print the table; exit with 1 where something broke."""
    options = _read_options()
    effort = QUICK if options.quick else FULL
    with set_up() as stage:
        with stage.connect() as connection:
            notes = describe(connection)
        figures, broken = _measure_all(options.only or MEASURES, stage, effort)
    render = as_markdown if options.markdown else as_text
    notes += [*_warnings(options.quick), *broken]
    print(render(figures, notes), flush=True)
    sys.exit(1 if broken else 0)


def _measure_all(
    names: Iterable[str], stage: Stage, effort: Effort
) -> tuple[list[Figure], list[str]]:
    """Return the figures, and a line on each measure that broke."""
    figures: list[Figure] = []
    broken: list[str] = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            figures += asyncio.run(_measure(name, stage, effort))
        except (OSError, AssertionError, TimeoutError, RefusedError) as error:
            broken.append(f"{name} is missing, it broke: {error!r}")
            stage.stop()
    return figures, broken


async def _measure(name: str, stage: Stage, effort: Effort) -> Sequence[Figure]:
    async with asyncio.timeout(MOST_SECONDS):
        return await MEASURES[name](stage, effort)


def _warnings(quick: bool) -> list[str]:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    told = [f"Load average at the end: {load}"]
    return [*told, "A quick run: its figures mean little."] if quick else told


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=MEASURES, metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="seconds, rough figures")
    parser.add_argument("--markdown", action="store_true", help="the README's table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
