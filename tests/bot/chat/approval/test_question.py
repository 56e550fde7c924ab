"""The question by which a call is allowed."""

from uuid import uuid4

from bot.chat.approval.question import (
    LONGEST_TOLD,
    LONGEST_VALUE,
    asking,
    name_of,
    tell,
)
from bot.chat.choices.offering import offering
from bot.tools.approval.waiting import LONGEST_ASKED, TOO_LONG, ByApproval
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


def test_what_the_operators_words_leave_out_stands_behind_them() -> None:
    call = call_with(
        people=4, until_hour="8\u202e0*", wine_list=["a", "b"], is_vip=True
    )
    told = tell(call, spec_with("A table for {people}?"), "en")
    rest = "until hour: 8 0, wine list: ('a', 'b'), is vip: true"
    assert told == f"A table for 4? ({rest})"


def test_whatever_stands_in_a_call_is_told_within_a_bound() -> None:
    many = {f"x{number}": "y" * 90 for number in range(100)}
    for call in (call_with(**many), call_with(**{"*n*" * 3000: 1})):
        told = name_of(call)
        assert told.startswith("book table (")
        assert "\u2026" in told
        assert len(told) <= LONGEST_TOLD + 2
        assert "*" not in told


def test_a_customer_reads_all_of_what_is_allowed_or_is_not_asked() -> None:
    gate, spec = ByApproval(), spec_with("For {people}?")
    room = LONGEST_ASKED - len('{"note": ""}')
    whole = call_with(note="x" * room)
    assert gate.decide(spec, whole.arguments).state == "waiting"
    assert tell(whole, spec, None).endswith("x" * room + ")")
    assert tell(whole, spec_with(), None).endswith("x" * room + ")?")
    verdict = gate.decide(spec, {"note": "x" * (room + 1)})
    assert (verdict.state, verdict.told) == ("refused", TOO_LONG)


def test_it_stands_under_the_answer_once_and_replaces_other_choices() -> None:
    call, spec = call_with(people=4), spec_with("For {people}?")
    said = Reply(turn=offering(reply_turn(""), "Fine.", ("a", "b", "c")))
    asked = asking(said, call, spec, "es")
    assert asked.turn.content == "Fine.\n\nFor 4?\n\n1. S\u00ed\n2. No"
    assert asked.turn.choices == ("S\u00ed", "No")
    assert asked.turn.asks == f"call:{call.call_id}"
    again = asking(Reply(turn=reply_turn("So: For 4?")), call, spec, None)
    assert again.turn.content == "So: For 4?\n\n1. Yes\n2. No"
