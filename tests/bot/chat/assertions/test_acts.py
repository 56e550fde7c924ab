"""Which acts a tool does, by its name and description."""

import pytest

from bot.chat.assertions.acts import acts_of, may_have_done
from bot.tools.protocol import Effects, ToolSpec


def spec(name: str, told: str = "It works.", effects: Effects = "once") -> ToolSpec:
    return ToolSpec(name=name, description=told, parameters={}, effects=effects)


@pytest.mark.parametrize(
    ("name", "told", "acts"),
    [
        ("book_table", "Book a table. Never use it to cancel.", {"book"}),
        ("tisch_buchen", "Bucht einen Tisch.", {"book"}),
        ("shop_cancel_order", "End it.", {"cancel", "order"}),
        ("réserver", "Réserve une table.", {"book"}),
        ("t1", "टेबल बुक करता है।", {"book"}),
        ("t2", "يحجز طاولة: حجز", {"book"}),
        ("water", "Water the plants.", set()),
    ],
)
def test_a_tool_is_known_by_its_words(name: str, told: str, acts: set[str]) -> None:
    assert acts_of([spec(name, told)]) == acts
    assert acts_of([spec(name, told, "none")]) == set(), "it only reads"


@pytest.mark.parametrize(
    ("tool", "claimed", "may"),
    [
        ("book_table", "book", True),
        ("book_table", "confirm", True),
        ("book_table", "change", True),
        ("book_table", "cancel", False),
        ("book_table", "send", False),
        ("cancel_order", "cancel", True),
        ("cancel_order", "order", False),
        ("cancel_order", "any", True),
        ("change_booking", "book", True),
        ("change_booking", "cancel", True),
        ("send_invoice", "book", False),
        ("water", "book", True),
    ],
)
def test_a_call_may_be_what_an_assertion_speaks_of(
    tool: str, claimed: str, may: bool
) -> None:
    assert may_have_done(spec(tool), {claimed}) is may
