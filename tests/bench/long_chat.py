"""One user who never stops: is the 10,000th message as quick as the 10th?"""

import asyncio
import time
from collections.abc import Sequence
from statistics import median

from tests.bench.effort import Effort
from tests.bench.figures import Figure, Goal
from tests.bench.road import WITHOUT_QUIET, running_bot
from tests.bench.stage import Stage
from tests.bench.stand_in import OK, RefusedError, StandIn
from tests.bench.webhooks import address_of, new_webhook

TALKER = 1
AROUND = 5  # messages before and after the one in question
NEWCOMERS = 10
LAST = 100  # the last messages, as many as the newcomers' around their tenth
AT_ONCE = 8
PAUSE_SECONDS = 0.05
SETTLE_SECONDS = 60.0
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
        settled = await _settle(stage)
        late = await _ack_times(stand_in, TALKER, LAST)
        told = f"in {_count_chats(stage)} chats; {settled}"
    return [_figure(early, late, effort, told)]


async def _ack_times(stand_in: StandIn, user: int, count: int) -> list[float]:
    """Send one message after another, with a pause after each."""
    times = []
    for _ in range(count):
        times.append(1000 * await _ack_seconds(stand_in, user))
        await asyncio.sleep(PAUSE_SECONDS)
    return times


async def _ack_seconds(stand_in: StandIn, user: int) -> float:
    webhook = new_webhook(user)
    journey = await stand_in.say(webhook)
    del stand_in.journeys[webhook.token]
    if journey.status != OK:
        raise RefusedError(f"the webhook was answered with {journey.status or '-'}")
    return journey.acknowledged - journey.said


async def _write_much(stand_in: StandIn, count: int) -> None:
    numbers = iter(range(count))

    async def finger() -> None:
        for _ in numbers:
            await _ack_seconds(stand_in, TALKER)

    await asyncio.gather(*(finger() for _ in range(AT_ONCE)))


async def _settle(stage: Stage) -> str:
    """Wait for the queue to be empty, a minute at most; tell how that went."""
    began = time.monotonic()
    while (jobs := _count_jobs(stage)) and time.monotonic() < began + SETTLE_SECONDS:
        await asyncio.sleep(0.2)
    seconds = f"{time.monotonic() - began:.0f} s after them"
    return f"{jobs:,} jobs were left {seconds}" if jobs else f"all done {seconds}"


def _count_jobs(stage: Stage) -> int:
    with stage.connect() as connection:
        row = connection.execute(UNFINISHED).fetchone()
    return int(row[0]) if row else 0


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
