"""What people told, and what was asked: read from turns as they stand in a chat."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from db.evaluation.proposals.takeovers import Takeover, find_takeovers
from db.records import Turn
from tests.records import new_sid


def they(text: str) -> Turn:
    now = datetime.now(UTC)
    return Turn(role="user", content=text, timestamp=now, message_sid=new_sid())


def bot(text: str, *settles: Turn, **known: Any) -> Turn:
    turn = Turn(
        role="assistant", content=text, timestamp=datetime.now(UTC),
        reference_id=str(uuid4()), **known,
    )  # fmt: skip
    return replace(turn, in_reply_to=tuple(one.message_sid or "" for one in settles))


def person(text: str) -> Turn:
    return bot(text, author="person")


def told(turns: Sequence[Turn], gap: Turn | None = None) -> list[tuple[str, ...]]:
    """Return each question with what the bot said to it, and what a person told."""
    gaps = {gap.reference_id or "": turns[0].content} if gap else {}

    def row(one: Takeover) -> tuple[str, ...]:
        return one.question, one.answer or "", one.told

    return list(map(row, find_takeovers(turns, gaps)))


def test_a_question_that_waited_is_answered_by_a_person() -> None:
    asked = they("Do you have rye?")
    turns = [asked, person("Yes,"), person("two loaves."), they("Thanks!")]
    assert told(turns) == [("Do you have rye?", "", "Yes,\ntwo loaves.")]


def test_what_the_bot_answered_is_not_asked_any_more() -> None:
    asked = they("Do you have rye?")
    assert told([asked, bot("Yes.", asked), person("Good morning!")]) == []


def test_who_asks_for_a_person_after_an_answer_asks_the_same_again() -> None:
    asked, call = they("Do you sell vouchers?"), they("/human")
    answer = bot("We sell bread.", asked, model="a-model")
    passed = bot("I pass you on.", call, command="human", hands_over="asked")
    turns = [asked, answer, call, passed, person("Yes, from ten euros on.")]
    assert told(turns) == [
        ("Do you sell vouchers?", "We sell bread.", "Yes, from ten euros on.")
    ]
    (taken,) = find_takeovers(turns, {})
    assert str(taken.answer_id) == answer.reference_id


def test_an_answer_that_met_a_gap_is_none() -> None:
    asked, more = they("Do you sell vouchers?"), they("Hello??")
    gap = bot("I don't know.", asked)
    turns = [asked, gap, more, person("Yes.")]
    assert told(turns, gap) == [("Do you sell vouchers?", "I don't know.", "Yes.")]


def test_what_the_model_hands_over_is_still_asked() -> None:
    asked = they("I want my money back")
    passed = bot("A person looks at it.", asked, hands_over="model", model="a-model")
    turns = [asked, passed, person("You have it.")]
    assert told(turns) == [
        ("I want my money back", "A person looks at it.", "You have it.")
    ]


def test_notices_notes_and_commands_are_no_answers_and_no_questions() -> None:
    asked, help_ = they("Where is my order?"), they("/help")
    notice = replace(bot("Later."), notice_for=(asked.message_sid or "",))
    note = Turn(role="system", content="Not answered", timestamp=datetime.now(UTC))
    turns = [asked, notice, help_, bot("Write /human.", help_, command="help"), note]
    assert told([*turns, person("On its way.")]) == [
        ("Where is my order?", "", "On its way.")
    ]


def test_what_was_written_by_hand_has_no_id_and_is_left_out() -> None:
    by_hand = Turn(role="assistant", content="Yes.", timestamp=datetime.now(UTC))
    assert told([they("Do you have rye?"), by_hand]) == []
