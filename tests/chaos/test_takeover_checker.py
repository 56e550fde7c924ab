"""The checker of takeovers sees what it must: it is fed logs that went wrong."""

from collections.abc import Sequence

import pytest

from tests.chaos.checker import Verdict, check
from tests.chaos.events import (
    Acknowledged,
    Answered,
    CutOff,
    Event,
    PersonSaid,
    Sent,
    Silenced,
    Taken,
)
from tests.chaos.operators import HOLD, plan_takeovers
from tests.chaos.schedule import Size, plan_messages
from tests.chaos.takeover_checker import Takeovers

ANA = "whatsapp:+15550000001"
FIRST, SECOND, THIRD = "[u01-m001-00aa]", "[u01-m002-00bb]", "[u01-m003-00cc]"
ONE, TWO = "[p001-0]", "[p001-1]"


def said(token: str, at: float) -> list[Event]:
    return [Sent(ANA, token, at), Acknowledged(token, at + 0.5)]


def bot(at: float, text: str) -> Event:
    return Answered(ANA, f"You said: {text}", at)


def person(token: str, at: float, heard: float) -> list[Event]:
    return [PersonSaid(ANA, token, at), Answered(ANA, f"{token} Hello.", heard)]


# Taken at 10, the call came back at 12, given back at 20.
FAULTLESS = [
    *said(FIRST, 1), bot(4, FIRST),
    *said(SECOND, 9), Taken(ANA, 10, 12, 20), Silenced(SECOND, 99),
    *person(ONE, 13, 14), *person(TWO, 15, 16),
    *said(THIRD, 22), bot(24, THIRD), CutOff(2, 99),
]  # fmt: skip


def judged(events: Sequence[Event]) -> tuple[Verdict, Takeovers]:
    verdict = check(events)
    assert verdict.takeovers is not None
    return verdict, verdict.takeovers


def test_a_takeover_without_fault_holds_and_is_told() -> None:
    verdict, takeovers = judged(FAULTLESS)
    assert verdict.holds
    assert (takeovers.taken, takeovers.said, takeovers.settled) == (1, 2, 1)
    assert (takeovers.again, takeovers.on_their_way) == (1, 0)
    assert "1 takeovers (the slowest took 2.0 s), 1 of them while" in str(takeovers)
    assert "(2 parts cut off)" in str(takeovers)
    assert check(said(FIRST, 1)).takeovers is None


def test_what_a_person_settled_is_no_slow_answer_when_a_later_one_tells_it() -> None:
    quick = judged(FAULTLESS)[0].slowest
    told_again = [*FAULTLESS, *said("[u01-m004-00dd]", 60), bot(61, SECOND)]
    assert judged(told_again)[0].slowest == quick == 2.5
    owed = [event for event in told_again if not isinstance(event, Silenced)]
    assert judged(owed)[0].slowest == 51.5


@pytest.mark.parametrize("at", [12.1, 19.9])
def test_the_bot_s_word_after_a_takeover_is_seen(at: float) -> None:
    verdict, takeovers = judged([*FAULTLESS, bot(at, "and so on")])
    assert len(takeovers.talked_over) == 1
    assert not verdict.holds


@pytest.mark.parametrize(("at", "on_their_way"), [(9.9, 0), (11, 1), (20.1, 0)])
def test_what_was_on_its_way_is_counted_only(at: float, on_their_way: int) -> None:
    verdict, takeovers = judged([*FAULTLESS, bot(at, "and so on")])
    assert takeovers.on_their_way == on_their_way
    assert verdict.holds


def test_a_persons_word_that_is_lost_doubled_or_swapped_is_seen() -> None:
    lost = [event for event in FAULTLESS if event != Answered(ANA, f"{TWO} Hello.", 16)]
    assert judged(lost)[1].lost == (TWO,)
    doubled = [*FAULTLESS, Answered(ANA, f"{TWO} Hello.", 17)]
    assert judged(doubled)[1].doubled == (TWO,)
    late = Answered(ANA, f"{ONE} Hello.", 18)
    swapped = [
        late if e == Answered(ANA, f"{ONE} Hello.", 14) else e for e in FAULTLESS
    ]
    assert judged(swapped)[1].out_of_order == (TWO, ONE)
    for events in (lost, doubled, swapped):
        assert not check(events).holds


def test_what_nobody_settled_is_lost_and_so_is_what_came_after() -> None:
    unsettled = [event for event in FAULTLESS if event != Silenced(SECOND, 99)]
    assert check(unsettled).lost == (SECOND,)
    silent = [*(e for e in FAULTLESS if e != bot(24, THIRD)), Silenced(THIRD, 99)]
    verdict, takeovers = judged(silent)
    assert verdict.lost == takeovers.silent == (THIRD,)


def test_each_user_is_taken_over_once_while_there_is_something_to_say() -> None:
    plan = plan_messages(7, Size(users=30, messages=300, seconds=60))
    takeovers = plan_takeovers(7, plan)
    assert takeovers == plan_takeovers(7, plan)
    assert len({takeover.user for takeover in takeovers}) == len(takeovers) == 30
    for takeover in takeovers:
        mine = [m.due for m in plan if m.user == takeover.user]
        assert any(0 <= takeover.due - due <= 3 for due in mine)
        assert HOLD[0] <= takeover.hold <= HOLD[1]
