"""Complete answers: how many a second, and what so many do to the memory."""

import asyncio
import time
from collections.abc import Iterator

from tests.bench.effort import Effort
from tests.bench.figures import Figure, Goal
from tests.bench.machine import cpu_seconds_of, memory_of
from tests.bench.road import WITHOUT_QUIET, running_bot
from tests.bench.stage import Stage
from tests.bench.stand_in import StandIn
from tests.bench.webhooks import new_webhook

PEOPLE = 100
# Then others take their places: who writes on without a pause is taken for a machine.
MESSAGES_EACH = 5
WEIGHED = ("web", "worker", "postgres")
Memory = dict[str, float]


async def measure_answers(stage: Stage, effort: Effort) -> list[Figure]:
    """Let people talk, each writing again once answered; weigh the processes."""
    async with running_bot(stage, **WITHOUT_QUIET) as stand_in:
        rest = _memory(stage)
        first = effort.answers // 10
        await _talk(stand_in, range(first))
        warm = _memory(stage)
        rate, cost = await _weighed(stage, stand_in, range(first, effort.answers))
        after = _memory(stage)
    figures = _memory_figures(rest, warm, after, effort)
    return [_rate_figure(rate, cost, effort), *figures]


async def _weighed(stage: Stage, stand_in: StandIn, turns: range) -> tuple[float, str]:
    """Return answers per second, and what one costs whom."""
    before = _cpu_seconds(stage)
    rate = await _talk(stand_in, turns)
    took = {name: now - before[name] for name, now in _cpu_seconds(stage).items()}
    parts = (f"{name} {1000 * took[name] / len(turns):.1f}" for name in WEIGHED)
    return rate, f"ms of CPU an answer: {', '.join(parts)}"


def _cpu_seconds(stage: Stage) -> dict[str, float]:
    return {name: cpu_seconds_of(stage.pids_of(name)) for name in WEIGHED}


async def _talk(stand_in: StandIn, turns: range) -> float:
    """Return answers per second, from the first webhook to the last answer."""
    numbers = iter(turns)
    began = time.monotonic()
    await asyncio.gather(*(_person(stand_in, user, numbers) for user in range(PEOPLE)))
    return len(turns) / (time.monotonic() - began)


async def _person(stand_in: StandIn, user: int, numbers: Iterator[int]) -> None:
    for number in numbers:
        shift = number // (PEOPLE * MESSAGES_EACH)
        await stand_in.converse(new_webhook(user + PEOPLE * shift))


def _memory(stage: Stage) -> Memory:
    return memory_of([*stage.pids_of("web"), *stage.pids_of("worker")])


def _rate_figure(rate: float, cost: str, effort: Effort) -> Figure:
    return Figure(
        "complete answers, LLM at zero delay, everything on this machine",
        rate,
        "/s",
        Goal("≥", 80),
        f"{effort.answers:,} answers to {PEOPLE} people at a time, one worker, no quiet"
        " time, the bench's stand-in for Twilio (with two signed status callbacks"
        f" each) and LLM; {cost}",
    )


def _memory_figures(
    rest: Memory, warm: Memory, after: Memory, effort: Effort
) -> list[Figure]:
    def told(memory: Memory) -> str:
        return f"{memory['Pss']:.0f} MB ({memory['Rss']:.0f} MB RSS)"

    return [
        Figure(
            f"memory (PSS) of web and worker after {effort.answers:,} messages"
            " ÷ at rest",
            after["Pss"] / rest["Pss"],
            goal=Goal("≤", 1.10),
            detail=f"after a tenth of them {told(warm)}, after all {told(after)}",
        ),
        Figure(
            "memory (PSS) of web (2 processes and their parent) and worker, at rest",
            rest["Pss"],
            "MB",
            detail=told(rest),
        ),
    ]
