"""One user who never stops: is the 10,000th message as quick as the 10th?"""

import asyncio
import time
from collections.abc import Sequence
from statistics import median

from tests.bench.effort import Effort
from tests.bench.figures import Figure, Goal
from tests.bench.road import WITHOUT_QUIET, running_bot
from tests.bench.stage import Stage
from tests.bench.stand_in import StandIn
from tests.bench.webhooks import address_of, new_webhook

TALKER = 1
AROUND = 5  # messages before and after the one in question
NEWCOMERS = 10
LAST = 100  # the last messages, as many as the newcomers' around their tenth
AT_ONCE = 8
DRAIN_SECONDS = 600.0
UNFINISHED = b"""
SELECT count(*) FROM procrastinate.procrastinate_jobs
WHERE status IN ('todo', 'doing')
"""


async def measure_long_chat(stage: Stage, effort: Effort) -> list[Figure]:
    """Time single acks of newcomers around their 10th and of one user at the end."""
    async with running_bot(stage, **WITHOUT_QUIET) as stand_in:
        early = []
        for user in range(NEWCOMERS):
            await _ack_times(stand_in, 100 + user, 10 - AROUND)
            early += await _ack_times(stand_in, 100 + user, 2 * AROUND)
        await _write_much(stand_in, effort.long_chat - LAST)
        drained = await _drain(stage)
        late = await _ack_times(stand_in, TALKER, LAST)
        told = f"in {_count_chats(stage)} chats; {drained:.0f} s to empty the queue"
    return [_figure(early, late, effort, told)]


async def _ack_times(stand_in: StandIn, user: int, count: int) -> list[float]:
    """Send one message after another, each once the last is answered."""
    journeys = [await stand_in.converse(new_webhook(user)) for _ in range(count)]
    return [1000 * (j.acknowledged - j.said) for j in journeys]


async def _write_much(stand_in: StandIn, count: int) -> None:
    numbers = iter(range(count))

    async def finger() -> None:
        for _ in numbers:
            webhook = new_webhook(TALKER)
            await stand_in.say(webhook)
            stand_in.journeys.pop(webhook.token)

    await asyncio.gather(*(finger() for _ in range(AT_ONCE)))


async def _drain(stage: Stage) -> float:
    """Return after how many seconds the queue was empty. Raises TimeoutError."""
    began = time.monotonic()
    async with asyncio.timeout(DRAIN_SECONDS):
        with stage.connect() as connection:
            while connection.execute(UNFINISHED).fetchone() != (0,):
                await asyncio.sleep(0.2)
    return time.monotonic() - began


def _count_chats(stage: Stage) -> int:
    with stage.connect() as connection:
        row = connection.execute(
            "SELECT count(*) FROM userchats JOIN users ON user_id = customer_id"
            " WHERE phone_number = %s",
            [address_of(TALKER)],
        ).fetchone()
    return int(row[0]) if row else 0


def _figure(
    early: Sequence[float], late: Sequence[float], effort: Effort, told: str
) -> Figure:
    return Figure(
        f"ack of one user's message {effort.long_chat:,} ÷ message 10",
        median(late) / median(early),
        goal=Goal("≤", 1.2),
        detail=f"{median(late):.1f} ms, {median(early):.1f} ms (medians of {len(late)}"
        f" and {len(early)}); the user's messages {told}",
    )
