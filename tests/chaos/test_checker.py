"""The checker sees what it must: it is fed logs of runs that went wrong."""

import pytest

from tests.chaos.checker import Verdict, check
from tests.chaos.events import (
    Acknowledged,
    Answered,
    Back,
    Ended,
    Event,
    Killed,
    Refused,
    Sent,
)

ANA, BEN = "whatsapp:+15550000001", "whatsapp:+15550000002"
FIRST, SECOND, THIRD = "[u01-m001-00aa]", "[u01-m002-00bb]", "[u01-m003-00cc]"


def said(token: str, at: float, user: str = ANA) -> list[Event]:
    """A message that was acknowledged half a second after it was sent."""
    return [Sent(user, token, at), Acknowledged(token, at + 0.5)]


def heard(at: float, *tokens: str, user: str = ANA) -> Event:
    return Answered(user, f"You said: {' and '.join(tokens)}", at)


SAID = [*said(FIRST, 1), *said(SECOND, 2), *said(THIRD, 3)]
FAULTLESS = [*SAID, heard(4, FIRST), heard(5, SECOND), heard(7, THIRD)]


def broken(verdict: Verdict) -> tuple[tuple[str, ...], ...]:
    return verdict.lost, verdict.doubled, verdict.out_of_order


def test_a_run_without_fault_holds_the_promise() -> None:
    verdict = check(FAULTLESS)
    assert verdict.holds
    assert (verdict.sent, verdict.acknowledged, verdict.answered) == (3, 3, 3)
    assert broken(verdict) == ((), (), ())


def test_one_answer_may_cover_a_burst() -> None:
    assert check([*SAID, heard(4, FIRST, SECOND, THIRD)]).holds


def test_a_lost_answer_is_seen() -> None:
    verdict = check([*SAID, heard(4, FIRST), heard(5, THIRD)])
    assert not verdict.holds
    assert broken(verdict) == ((SECOND,), (), ())


def test_a_doubled_answer_is_seen() -> None:
    verdict = check([*FAULTLESS, heard(8, SECOND)])
    assert not verdict.holds
    assert broken(verdict) == ((), (SECOND,), ())


def test_a_token_that_stands_twice_in_one_answer_is_doubled() -> None:
    assert check([*said(FIRST, 1), heard(2, FIRST, FIRST)]).doubled == (FIRST,)


def test_two_swapped_answers_are_seen() -> None:
    verdict = check([*SAID, heard(4, SECOND), heard(5, FIRST), heard(6, THIRD)])
    assert not verdict.holds
    assert broken(verdict) == ((), (), (FIRST,))


def test_swapped_tokens_within_one_answer_are_seen() -> None:
    verdict = check([*SAID, heard(4, FIRST, THIRD, SECOND)])
    assert verdict.out_of_order == (SECOND,)


def test_an_answer_is_dated_by_its_time_and_not_by_its_place_in_the_log() -> None:
    assert check([heard(7, THIRD), heard(4, FIRST), *SAID, heard(5, SECOND)]).holds


def test_messages_under_way_at_the_same_time_have_no_order() -> None:
    together = [*said(FIRST, 1), *said(SECOND, 1.2)]
    assert check([*together, heard(4, SECOND), heard(5, FIRST)]).holds


def test_different_users_have_no_order_between_them() -> None:
    talks = [*said(FIRST, 1), *said(SECOND, 2, BEN)]
    assert check([*talks, heard(4, SECOND, user=BEN), heard(5, FIRST)]).holds


@pytest.mark.parametrize("times", [0, 1])
def test_what_was_not_acknowledged_may_be_answered_or_not(times: int) -> None:
    verdict = check([Sent(ANA, FIRST, 1), *[heard(4, FIRST)] * times])
    assert verdict.holds
    assert (verdict.acknowledged, verdict.answered) == (0, times)


def test_what_was_not_acknowledged_may_not_be_answered_twice() -> None:
    verdict = check([Sent(ANA, FIRST, 1), heard(4, FIRST), heard(5, FIRST)])
    assert verdict.doubled == (FIRST,)


def test_an_answer_at_somebody_elses_phone_is_none() -> None:
    assert check([*said(FIRST, 1), heard(4, FIRST, user=BEN)]).lost == (FIRST,)
    both = [heard(4, FIRST), heard(4, FIRST, user=BEN)]
    assert check([*said(FIRST, 1), *both]).doubled == (FIRST,)


def test_a_webhook_acknowledged_three_times_is_one_message() -> None:
    verdict = check([*said(FIRST, 1), Acknowledged(FIRST, 1.6), heard(2, FIRST)])
    assert verdict.holds
    assert verdict.acknowledged == 1


def test_slowest_is_the_longest_time_from_acknowledgement_to_answer() -> None:
    assert check(FAULTLESS).slowest == 3.5
    assert check([Sent(ANA, FIRST, 1)]).slowest == 0


def test_recovery_counts_from_a_kill_to_the_answer_to_a_later_message() -> None:
    assert check(FAULTLESS).recovery is None
    assert check([*FAULTLESS, Killed("worker", 2.0)]).recovery == 3
    assert check([*FAULTLESS, Killed("web", 2.0), Killed("web", 3.1)]).recovery == 3.9


def test_since_back_counts_from_when_what_was_killed_runs_again() -> None:
    verdict = check([*FAULTLESS, Killed("worker", 2.0), Back("worker", 3.1)])
    assert (verdict.recovery, verdict.since_back) == (3, 3.9)


def test_a_webhook_may_be_refused_for_now_and_never_fail() -> None:
    away = [Refused(FIRST, 1.2, 503), Refused(FIRST, 1.3, None)]
    verdict = check([*FAULTLESS, *away])
    assert verdict.holds
    assert (verdict.refused, verdict.failed) == (1, 0)
    failed = check([*FAULTLESS, Refused(FIRST, 1.2, 500)])
    assert failed.failed == 1
    assert not failed.holds


def test_no_process_may_end_that_nobody_struck() -> None:
    verdict = check([*FAULTLESS, Ended("web", 2.0)])
    assert verdict.ended == ("web",)
    assert not verdict.holds
