"""`python -m tests.bench`: all figures in one run, ratios first.

With `--beside FOLDER` the bot of another checkout is measured in turns with this one's.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import psycopg

from tests.bench.acks import measure_acks
from tests.bench.answers import measure_answers
from tests.bench.beside import compare, unequal
from tests.bench.effort import FULL, LAP, QUICK, Effort
from tests.bench.figures import DRIVER, MOST_APART, Figure
from tests.bench.inbox import measure_inbox
from tests.bench.long_chat import measure_long_chat
from tests.bench.machine import describe
from tests.bench.retrieval import measure_retrieval
from tests.bench.retrieval_sets import FOLDER
from tests.bench.road import measure_crowd, measure_idle
from tests.bench.scale import measure_scale
from tests.bench.scale_data import MILLION, TENTH
from tests.bench.scale_hour import measure_hour
from tests.bench.search import measure_search
from tests.bench.stage import Stage, set_up, set_up_beside
from tests.bench.stand_in import RefusedError
from tests.bench.start import measure_start
from tests.bench.table import (
    as_markdown,
    as_text,
    compared_as_markdown,
    compared_as_text,
)
from tests.bench.trips import measure_trips
from tests.bench.wake_ups import measure_wake_ups

MOST_SECONDS = 900.0
LAPS = 3  # of a comparison
Measures = dict[str, Callable[[Stage, Effort], Awaitable[list[Figure]]]]
MEASURES: Measures = {
    "acks": measure_acks,
    "long-chat": measure_long_chat,
    "answers": measure_answers,
    "crowd": measure_crowd,
    "idle": measure_idle,
    "wake-ups": measure_wake_ups,
    "trips": measure_trips,
    "start": measure_start,
    "search": lambda stage, effort: measure_search(stage, effort.search_chats),
}
# The others compare with something of their own, or know this checkout's tables.
BESIDE = ("acks", "long-chat", "answers", "crowd", "idle", "wake-ups", "trips", "start")
APART = f"{MOST_APART - 1:.0%}"
# They take long, and gigabytes: by name only.
ON_REQUEST: Measures = {
    "scale": lambda stage, effort: measure_scale(
        stage, TENTH if effort is QUICK else MILLION
    ),
    "hour": lambda stage, effort: measure_hour(
        stage, 3_000 if effort is QUICK else 144_000
    ),
    "retrieval": lambda stage, effort: measure_retrieval(stage, effort is QUICK),
    "inbox": measure_inbox,
}
MOST_SECONDS_ON_REQUEST = 3 * 3600.0
# What costs a measure its figures, and not the others theirs.
BREAKS = (OSError, AssertionError, TimeoutError, RefusedError, psycopg.Error)


def main() -> None:
    """Measure, and print the table; exit with 1 where something broke."""
    options = _read_options()
    ON_REQUEST["retrieval"] = lambda stage, effort: measure_retrieval(
        stage, effort is QUICK, options.data
    )
    with set_up() as stage:
        with stage.connect() as connection:
            notes = describe(connection)
        measured = _measure_both if options.beside else _measure_one
        table, broken = measured(options, stage, [*notes, *_warnings(options)])
    print(table, flush=True)
    sys.exit(1 if broken else 0)


def _measure_one(
    options: argparse.Namespace, stage: Stage, notes: list[str]
) -> tuple[str, list[str]]:
    """Return the table of this checkout, and a line on each measure that broke."""
    effort = QUICK if options.quick else FULL
    figures: list[Figure] = []
    broken: list[str] = []
    for name in options.only or MEASURES:
        figures += _measure(name, stage, effort, broken)
    render = as_markdown if options.markdown else as_text
    return render(figures, [*notes, _load(), *broken]), broken


def _measure_both(
    options: argparse.Namespace, stage: Stage, notes: list[str]
) -> tuple[str, list[str]]:
    """Return the table of two checkouts, and a line on each measure that broke."""
    effort = QUICK if options.quick else LAP
    laps_wanted = options.laps or LAPS
    broken: list[str] = []
    found = []
    with set_up_beside(stage, options.beside) as other:
        for name in options.only or BESIDE:
            laps: dict[Stage, list[dict[str, Figure]]] = {stage: [], other: []}
            for lap in range(laps_wanted):
                for one in (stage, other) if lap % 2 else (other, stage):
                    figures = _measure(name, one, effort, broken)
                    laps[one].append({figure.name: figure for figure in figures})
            found += compare(laps[stage], laps[other])
    render = compared_as_markdown if options.markdown else compared_as_text
    told = f"Beside: the bot of {options.beside}, same driver, {laps_wanted} laps"
    return render(found, [*notes, _load(), told, *unequal(found), *broken]), broken


def _measure(
    name: str, stage: Stage, effort: Effort, broken: list[str]
) -> Sequence[Figure]:
    """Return the figures; none, and a line more in `broken`, where it broke."""

    async def measure() -> Sequence[Figure]:
        seconds = MOST_SECONDS if name in MEASURES else MOST_SECONDS_ON_REQUEST
        async with asyncio.timeout(seconds):
            return await (MEASURES | ON_REQUEST)[name](stage, effort)

    print(f"measuring {name} of {stage.root} ...", file=sys.stderr, flush=True)
    try:
        return asyncio.run(measure())
    except BREAKS as error:
        broken.append(f"{name} of {stage.root} is missing, it broke: {error!r}")
        stage.stop()
        return []


def _load() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"Load average at the end: {load}"


def _warnings(options: argparse.Namespace) -> list[str]:
    told = [f"Runs in which {DRIVER} differs by over {APART} are not comparable."]
    return [*told, "A quick run: its figures mean little."] if options.quick else told


def _read_options() -> argparse.Namespace:
    summary, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=summary, epilog=more
    )
    names = [*MEASURES, *ON_REQUEST]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="seconds, rough figures")
    parser.add_argument("--markdown", action="store_true", help="the README's table")
    parser.add_argument(
        "--beside", type=_checkout, metavar="FOLDER", help="a checkout to compare with"
    )
    parser.add_argument("--laps", type=int, help="with --beside: how many, or 3")
    parser.add_argument(
        "--data", type=Path, default=FOLDER, metavar="FOLDER",
        help="where retrieval's sets lie: ../shared/data/retrieval",
    )  # fmt: skip
    options = parser.parse_args()
    alone = set(options.only or ()) - set(BESIDE)
    if options.beside and alone:
        parser.error(f"--beside has no {', '.join(sorted(alone))}")
    if options.laps is not None and (options.laps < 1 or not options.beside):
        parser.error("--laps takes a number from 1 on, and goes with --beside")
    return options


def _checkout(name: str) -> Path:
    folder = Path(name).resolve()
    if not (folder / "bot" / "__main__.py").is_file():
        raise argparse.ArgumentTypeError(f"{name} is no checkout of the bot")
    return folder


if __name__ == "__main__":
    main()
