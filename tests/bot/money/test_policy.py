"""What an operator sets about money."""

import pytest

from bot.settings import Settings, SettingsError

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


def test_nothing_is_counted_where_nothing_is_set() -> None:
    assert Settings.from_env({}).money.prices is None
