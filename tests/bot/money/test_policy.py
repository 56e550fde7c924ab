"""What an operator sets about money."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError
from bot.wiring.talk import build_parting
from db.records import Reply
from tests.records import reply_turn

EXAMPLE = "docs/prices.example.toml"


def test_budgets_are_read_in_millionths() -> None:
    settings = Settings.from_env(
        {
            "PRICES": EXAMPLE,
            "BUDGET_ANSWER": "0.05",
            "BUDGET_MONTH": "300",
            "OPENAI_MODEL_CHEAP": "small",
            "BUDGET_BEYOND": "person",
        }
    )
    money = settings.money
    assert money.prices is not None
    assert money.limits == {"answer": 50_000, "month": 300_000_000}
    assert (money.cheap, money.beyond) == ("small", "person")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"BUDGET_MONTH": "5"}, "BUDGET_MONTH"),
        ({"PRICES": EXAMPLE, "OPENAI_MODEL_CHEAP": "small"}, "OPENAI_MODEL_CHEAP"),
    ],
)
def test_what_would_have_no_effect_is_told(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(given)
    assert set(caught.value.problems) == {named}


def test_a_reply_has_as_few_messages_as_it_can_where_these_cost(
    tmp_path: Path,
) -> None:
    prices, free = Path(EXAMPLE).read_text(encoding="utf-8"), tmp_path / "free.toml"
    free.write_text(prices.partition("[whatsapp]")[0], encoding="utf-8")
    halves = "The first half. " * 50, "and the second one " * 100
    reply = Reply(turn=reply_turn("\n\n".join(halves)))
    amounts = [
        len(build_parting(Settings.from_env(given))(reply).parts)
        for given in ({}, {"PRICES": str(free)}, {"PRICES": EXAMPLE})
    ]
    assert amounts == [3, 3, 2]


def test_nothing_is_counted_where_nothing_is_set() -> None:
    assert Settings.from_env({}).money.prices is None
