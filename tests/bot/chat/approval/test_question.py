"""The question by which a call is allowed."""

from uuid import uuid4

from bot.chat.approval.question import LONGEST_VALUE, asking, tell
from bot.chat.choices.offering import offering
from bot.tools.protocol import ToolSpec
from db.records import Call, Reply
from tests.records import reply_turn


def call_with(**arguments: object) -> Call:
    return Call(
        call_id=uuid4(), user_id=uuid4(), chat_id="c", message_sid="SM", position=0,
        tool="book_table", arguments=arguments, state="waiting",
    )  # fmt: skip


def spec_with(asks: str = "") -> ToolSpec:
    return ToolSpec(
        name="book_table", description="", parameters={}, effects="once",
        approval="customer", asks=asks,
    )  # fmt: skip


def test_the_operators_own_words_are_filled() -> None:
    spec = spec_with("A table for {people}, {when}? {rest}")
    told = tell(call_with(people=4, when="*7*\n[pm]"), spec, "en")
    assert told == "A table for 4, 7 (pm)? \u2026"


def test_without_them_it_is_told_what_is_called_in_the_users_language() -> None:
    told = tell(call_with(people=4), spec_with(), "de")
    assert told == "Soll ich das f\u00fcr Sie tun: book table (people: 4)?"
    assert tell(call_with(), spec_with(), None).endswith(": book table?")
    long = tell(call_with(note="x" * 5000), spec_with(), None)
    assert LONGEST_VALUE < len(long) < LONGEST_VALUE + 100


def test_it_stands_under_the_answer_once_and_replaces_other_choices() -> None:
    call, spec = call_with(people=4), spec_with("For {people}?")
    said = Reply(turn=offering(reply_turn(""), "Fine.", ("a", "b", "c")))
    asked = asking(said, call, spec, "es")
    assert asked.turn.content == "Fine.\n\nFor 4?\n\n1. S\u00ed\n2. No"
    assert asked.turn.choices == ("S\u00ed", "No")
    assert asked.turn.asks == f"call:{call.call_id}"
    again = asking(Reply(turn=reply_turn("So: For 4?")), call, spec, None)
    assert again.turn.content == "So: For 4?\n\n1. Yes\n2. No"
