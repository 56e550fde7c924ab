"""What a command costs before it does anything: `bot --help`."""

import asyncio
import resource
from statistics import median

from tests.bench.effort import Effort
from tests.bench.figures import Figure, Goal
from tests.bench.stage import Stage

HELP = ("-m", "bot", "--help")


async def measure_start(stage: Stage, effort: Effort) -> list[Figure]:
    """Ask for the help some times, once the compiled modules are there."""
    return await asyncio.to_thread(_measure, stage, effort.starts)


def _measure(stage: Stage, starts: int) -> list[Figure]:
    stage.run(*HELP)
    seconds = [_cpu_of_help(stage) for _ in range(starts)]
    told = f"{min(seconds):.2f} to {max(seconds):.2f} s of {len(seconds)}"
    return [Figure("CPU of `bot --help`", median(seconds), "s", Goal("≤", 0.2), told)]


def _cpu_of_help(stage: Stage) -> float:
    """Return what the processor spent on it: the only child that ends meanwhile."""
    before = _ended_children()
    stage.run(*HELP)
    return _ended_children() - before


def _ended_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
