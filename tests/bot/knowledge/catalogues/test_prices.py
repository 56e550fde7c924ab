"""Prices as lists write them are read exactly, or refused."""

# ruff: noqa: RUF001 - what people write

from decimal import Decimal

import pytest

from bot.knowledge.catalogues.prices import (
    Amount,
    AmountError,
    find_currency,
    find_decimal_mark,
    read_amount,
    write_price,
)


@pytest.mark.parametrize(
    ("text", "number", "sign"),
    [
        ("4,20 €", "4.20", "€"),
        ("1.234,50", "1234.50", ""),
        ("$5", "5", "$"),
        ("5.00 EUR", "5.00", "EUR"),
        ("1,234.50", "1234.50", ""),
        ("1 234,50 zł", "1234.50", "zł"),
        ("1\u202f234,50 €", "1234.50", "€"),
        ("1'234.50 CHF", "1234.50", "CHF"),
        ("1.234.567", "1234567", ""),
        ("0.500", "0.500", ""),
        ("1,23,456.00", "123456.00", ""),
        ("5,-", "5", ""),
        ("٤٫٢٠ يورو", "4.20", "يورو"),
        ("５欧元", "5", "欧元"),
        ("500 руб.", "500", "руб"),
        ("0.10", "0.10", ""),
    ],
)
def test_a_price_is_read_to_its_last_decimal(text: str, number: str, sign: str) -> None:
    found = read_amount(text)
    assert (str(found.number), found.sign) == (number, sign)


@pytest.mark.parametrize(
    "text",
    [
        "", "abc", "-5", "4 20", "1.2.3", "1.234.56", "1e5", "3 for 5",
        "12345678901234", "0.1234567", "5 to 7", "4,20,1", "∞", "NaN", "+5",
    ],
)  # fmt: skip
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        read_amount(text)


def test_a_column_tells_what_a_point_means() -> None:
    with pytest.raises(AmountError, match="two amounts"):
        read_amount("1.234")
    german = find_decimal_mark(["1.234", "4,20", "12"])
    english = find_decimal_mark(["1.234", "4.20"])
    assert read_amount("1.234", german) == Amount(Decimal(1234), "")
    assert read_amount("1.234", english) == Amount(Decimal("1.234"), "")
    assert read_amount("1,234", english) == Amount(Decimal(1234), "")
    assert find_decimal_mark(["1.234", "4,20", "5.10"]) is None
    assert find_decimal_mark(["1.234", "12"]) is None


def test_a_sign_of_several_currencies_is_the_one_that_is_told() -> None:
    assert [find_currency(sign) for sign in ("€", "Euro", "eur", "$")] == [
        "EUR", "EUR", "EUR", "USD",
    ]  # fmt: skip
    assert find_currency("$", "CAD") == "CAD"
    assert find_currency("kr") is None
    assert find_currency("kr", "SEK") == "SEK"
    assert find_currency("kr", "EUR") is None
    assert find_currency("bread") is None


def test_a_price_is_written_with_all_of_its_decimals() -> None:
    assert write_price(Decimal("4.2"), "EUR") == "4.20 EUR"
    assert write_price(Decimal("4.205"), "EUR") == "4.205 EUR"
    assert write_price(Decimal(500), "JPY") == "500 JPY"
    assert write_price(Decimal("100000.00"), None) == "100000.00"
