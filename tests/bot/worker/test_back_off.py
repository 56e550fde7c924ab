"""When the queue tries again."""

from datetime import UTC, datetime

import pytest
from procrastinate.jobs import Job

from bot.llm.protocol import LLMError
from bot.worker.jobs import BackOff


def seconds_until_retry(error: Exception, attempts: int) -> float:
    job = Job(
        id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts
    )
    began = datetime.now(UTC)
    decision = BackOff(10).get_retry_decision(exception=error, job=job)
    assert decision is not None
    assert decision.retry_at is not None
    return (decision.retry_at - began).total_seconds()


@pytest.mark.parametrize("attempts", [0, 100])
def test_a_pause_that_a_server_asks_for_is_kept(attempts: int) -> None:
    error = LLMError("busy", retry_after=33)
    assert seconds_until_retry(error, attempts) == pytest.approx(33, abs=1)


def test_a_short_pause_does_not_make_tries_come_more_often() -> None:
    assert 4 < seconds_until_retry(LLMError("busy", retry_after=1), 100) < 11


def test_tries_go_on_for_as_long_as_a_message_may_wait() -> None:
    a_week_of_tries = 7 * 86_400 // 5
    assert seconds_until_retry(LLMError("away"), a_week_of_tries) < 11


def test_without_one_tries_come_ever_more_rarely_up_to_a_bound() -> None:
    error = LLMError("away")
    assert seconds_until_retry(error, 0) < 1
    assert 4 < seconds_until_retry(error, 100) < 11
