"""The road from the acknowledgement to the LLM and on to Twilio."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import median

from tests.bench.effort import Effort
from tests.bench.figures import Figure, Goal, percentile
from tests.bench.http_lines import Lines
from tests.bench.stage import Stage
from tests.bench.stand_in import Journey, StandIn
from tests.bench.webhooks import new_webhook

LINES = 64
WARM_UPS = 16
WITHOUT_QUIET = {"ANSWER_QUIET_SECONDS": "0"}
IDLE_USERS = 50  # who writes much alike is taken for a machine
CROWD_LLM_SECONDS = 2.0
CROWD_CONCURRENCY = {"WORKER_CONCURRENCY": "256"}


@asynccontextmanager
async def running_bot(stage: Stage, **settings: str) -> AsyncIterator[StandIn]:
    """Run web and one worker, and the stand-in for Twilio and the LLM."""
    stage.empty()
    port = stage.start("web")
    stage.start("worker", **settings)
    try:
        async with Lines(port, LINES) as lines:
            stand_in = StandIn(lines)
            async with stand_in.serving(stage.stand_in_port):
                await _warm_up(stand_in)
                yield stand_in
    finally:
        stage.stop("web", "worker")


async def _warm_up(stand_in: StandIn) -> None:
    """Have some messages answered: what is loaded late is loaded then.

    With their callbacks they take several lines: a few could all end in one process of
    web, and the other one would be 6 MB smaller at rest than it ever is again.
    """
    for user in range(WARM_UPS):
        await stand_in.converse(new_webhook(5_000_000 + user))


async def measure_idle(stage: Stage, effort: Effort) -> list[Figure]:
    """Send one message at a time through an idle system."""
    dice = random.Random(1)  # noqa: S311 - repeatable, no secret
    journeys = []
    async with running_bot(stage, **WITHOUT_QUIET) as stand_in:
        for number in range(effort.idle_messages):
            journeys.append(await stand_in.converse(new_webhook(number % IDLE_USERS)))
            await stand_in.settle()
            # Uneven pauses: no step with whatever polls.
            await asyncio.sleep(dice.uniform(0.05, 0.15))
    return idle_figures(journeys)


def idle_figures(journeys: Sequence[Journey]) -> list[Figure]:
    first = [1000 * (j.asked - j.acknowledged) for j in journeys]
    overhead = [1000 * (j.sent - j.said - (j.told - j.asked)) for j in journeys]
    acks = [1000 * (j.acknowledged - j.said) for j in journeys]
    return [
        Figure(
            "ack to the LLM's first byte asked, idle, no quiet time, p50",
            median(first),
            "ms",
            Goal("≤", 4),
            f"p99 {percentile(first, 0.99):.1f} ms, n = {len(first)}",
        ),
        Figure(
            "overhead of an answer besides LLM and Twilio, p50",
            median(overhead),
            "ms",
            Goal("≤", 60),
            "from the webhook to the part at Twilio, less the LLM's time; p99"
            f" {percentile(overhead, 0.99):.1f} ms; ack in it {median(acks):.1f} ms",
        ),
    ]


async def measure_crowd(stage: Stage, effort: Effort) -> list[Figure]:
    """Let many people write at once to one worker; the LLM takes 2 s for each."""
    seconds = []
    for quiet in (WITHOUT_QUIET, {}):
        async with running_bot(stage, **CROWD_CONCURRENCY, **quiet) as stand_in:
            stand_in.llm_seconds = CROWD_LLM_SECONDS
            seconds.append(await _answer_crowd(stand_in, effort.crowd))
    name = f"{effort.crowd} chats at once, LLM takes 2 s, one worker: until all"
    detail = "WORKER_CONCURRENCY=256; {:.2f} s in all"
    return [
        Figure(
            f"{name} are answered ÷ 2 s",
            seconds[0] / CROWD_LLM_SECONDS,
            goal=Goal("≤", 1.35),
            detail=f"no quiet time, {detail.format(seconds[0])}",
        ),
        Figure(
            f"{name} ÷ 2 s, with the usual quiet time",
            seconds[1] / CROWD_LLM_SECONDS,
            detail=f"ANSWER_QUIET_SECONDS=0.8, {detail.format(seconds[1])}",
        ),
    ]


async def _answer_crowd(stand_in: StandIn, crowd: int) -> float:
    webhooks = [new_webhook(user) for user in range(crowd)]
    journeys = await asyncio.gather(*map(stand_in.converse, webhooks))
    return max(j.sent for j in journeys) - min(j.said for j in journeys)
