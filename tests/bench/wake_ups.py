"""The tail of a wake-up: messages at random instants, as few that nothing queues.

In an idle system every job is told of and fetched alone. Here some come while a worker
looks for the last time and finds nothing, or ends another one: what is missed then is
found by polling, half a second later.
"""

import asyncio
import time
from collections.abc import Sequence
from statistics import median

from tests.bench.effort import Effort
from tests.bench.figures import Figure, percentile
from tests.bench.load import random_gaps
from tests.bench.road import WITHOUT_QUIET, running_bot
from tests.bench.stage import Stage
from tests.bench.stand_in import Journey, StandIn
from tests.bench.webhooks import new_webhook

A_SECOND = 15.0
USERS = 200
POLLED_MS = 100.0


async def measure_wake_ups(stage: Stage, effort: Effort) -> list[Figure]:
    """Send messages when they are due, whether or not others are answered."""
    gaps = random_gaps(A_SECOND, effort.wake_ups / A_SECOND, seed=2)
    async with running_bot(stage, **WITHOUT_QUIET) as stand_in:
        return wake_up_figures(await _talk(stand_in, gaps))


async def _talk(stand_in: StandIn, gaps: Sequence[float]) -> list[Journey]:
    talking = []
    due = time.monotonic()
    for number, gap in enumerate(gaps):
        due += gap
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        webhook = new_webhook(number % USERS)
        talking.append(asyncio.create_task(stand_in.converse(webhook)))
    return await asyncio.gather(*talking)


def wake_up_figures(journeys: Sequence[Journey]) -> list[Figure]:
    """Return the tail from the acknowledgement to the LLM."""
    waits = [1000 * (j.asked - j.acknowledged) for j in journeys]
    slow = sum(wait > POLLED_MS for wait in waits)
    return [
        Figure(
            f"ack to the LLM's first byte asked, {A_SECOND:.0f} messages/s at random"
            " instants, p99",
            percentile(waits, 0.99),
            "ms",
            detail=f"p50 {median(waits):.1f} ms, worst {max(waits):.0f} ms; {slow} of"
            f" {len(waits):,} over {POLLED_MS:.0f} ms",
        )
    ]
