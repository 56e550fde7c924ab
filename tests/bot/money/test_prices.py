"""What things cost, to the millionth; what nobody priced counts as the worst."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.llm.protocol import Tokens
from bot.money.prices import PricesError, read_prices
from bot.money.usage import Usage, used_by
from tests.bot.money.pricing import FILE, PRICES

EXAMPLE = Path(__file__).parents[3] / "docs" / "prices.example.toml"


def cost(model: str, **used: int | Decimal) -> int:
    return PRICES.find(model)[0].cost(Usage(**used))  # type: ignore[arg-type]


def test_tokens_are_paid_for_apart_and_whole_millionths_are_rounded_up() -> None:
    assert cost("dear", input_tokens=1000, output_tokens=100) == 3500
    assert cost("dear", input_tokens=1000, cached_tokens=600) == 1750
    assert cost("dear", output_tokens=100, reasoning_tokens=40) == 800
    assert cost("dear", pictures=2) == 500
    assert cost("cheap", input_tokens=1) == 1
    assert cost("cheap", input_tokens=10, output_tokens=10) == 5
    assert cost("ear", seconds=Decimal("7.5")) == 750
    assert cost("dear") == 0


def test_an_unknown_model_counts_as_the_worst_and_so_does_an_unknown_price() -> None:
    prices, is_known = PRICES.find("who-is-that")
    assert not is_known
    assert prices.cost(Usage(input_tokens=10, cached_tokens=10)) == 200
    assert cost("ear", input_tokens=1) == 20
    assert cost("cheap", characters=1) == 60


def test_what_a_server_tells_is_read_as_it_counts() -> None:
    told = used_by(Tokens(100, 20, 150, cached=900, reasoning=30))
    assert told == Usage(
        input_tokens=100, cached_tokens=100, output_tokens=50, reasoning_tokens=30
    )
    assert used_by(Tokens(total=5)) is None


def test_the_example_can_be_read_and_names_no_real_model() -> None:
    prices = read_prices(EXAMPLE.read_text())
    assert all(name.startswith("example-") for name in prices.models)
    assert prices.messages


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('currency = "EUR"', "", "name its currency"),
        ("date = 2026-11-01", 'date = "soon"', "have a date"),
        ("output = 100", "", r"\[unknown\] wants output"),
        ("input = 0.1", "input = -1", r"\[models.cheap\] wants input"),
        ("input = 0.1", "input = nan", "wants input"),
        ("input = 0.1", "input = true", "wants input"),
        ("input = 0.1", "inptu = 0.1", "knows no inptu"),
        ('"+49"', '"Germany"', "prefixes"),
        ("[models.dear]", "[models.dear", "no TOML"),
        ("picture_tokens = 100", "picture_tokens = 1.5", "a whole number"),
    ],
)
def test_a_slip_of_the_pen_is_told(was: str, becomes: str, told: str) -> None:
    assert was in FILE
    with pytest.raises(PricesError, match=told):
        read_prices(FILE.replace(was, becomes, 1))
