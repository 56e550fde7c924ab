"""Numbers of an answer, and whether they were given."""

from decimal import Decimal

import pytest

from bot.chat.sources.given import Given
from bot.chat.sources.numbers import read_numbers

GIVEN = Given.of(
    [
        "Rye bread, 500 g: 4.20 \u20ac; rolls 0,60 \u20ac; cake 1.200,50 EUR",
        "Mon-Fri 9-18, Sat 8:00\u201313:00. Tel. 030 123 4567. 10 % off; fee 5",
    ],
    ["Today is Thursday, 2026-11-26", "I have 77, or 88 \u20ac"],
    "What do 3 rye breads cost?",
)


@pytest.mark.parametrize(
    "answer",
    [
        "4.20 \u20ac, 4,20 EUR, EUR 4.2, \u20ac4.20 and 4.20 euros",
        "\u0664\u066b\u0662\u0660 \u20ac, \u096a.\u0968\u0966 \u20ac, 4,20\u00a0\u20ac",
        "It costs 4.20. Or 4,20!",
        "1200.50 \u20ac, 1,200.50 \u20ac, 1 200,50 \u20ac",
        "60 cents, 0.60 \u20ac, a fee of 5 \u20ac, your 88 \u20ac",
        "9 am to 6 pm, 9:00 to 18:00, 9 Uhr bis 18 Uhr, 9h \u00e0 18h00, 8.00 Uhr",
        "10%, 10 percent, 10 Prozent",
        "+49 30 1234567 or 030/1234567",
        "3 of them are 12.60 \u20ac; 2 \u00d7 4.20 \u20ac = 8.40 \u20ac",
        "4.20 \u20ac + 0.60 \u20ac makes 4.80 \u20ac",
        "Two are 8.40 \u20ac, ein Dutzend Br\u00f6tchen 7,20 \u20ac",
        "2 \u00d7 4.20 \u20ac + 0.60 \u20ac = 9.00 \u20ac",
        "Two are 8.40 \u20ac, ten rolls 6 \u20ac, so 14.40 \u20ac in all",
        "4.20 \u20ac is 3.60 \u20ac more than 0.60 \u20ac",
        "10 % of 4.20 \u20ac is 0.42 \u20ac; that leaves 3.78 \u20ac",
        "4.20 \u20ac for 12 are 0.35 \u20ac each",
        "4 Euro 20, 4\u20ac20, 4 \u20ac for 12 of them",
        "8.00\u201313.00 Uhr, von 9.00 bis 18.00 Uhr, de 9.00 a 18.00 h",
        "vom 24.12. bis 26.12., 24.12.\u201326.12. und am 01.01.",
        "1. Rye\n2. Rolls\n12 left since 1998, on 24.12.2026 or 2026-11-27",
        "See https://bakery.example/9.99 or a@b9.99.example",
    ],
)
def test_what_was_given_or_follows_from_it_may_be_said(answer: str) -> None:
    assert GIVEN.find_invented(answer) is None


@pytest.mark.parametrize(
    ("answer", "digits"),
    [
        ("It costs 4.50 \u20ac", "450"),
        ("It costs 4.50", "450"),
        ("It costs $4.20", "420"),
        ("It costs 77 \u20ac", "77"),
        ("It costs 500 \u20ac", "500"),
        ("Five are 8.40 \u20ac", "840"),
        ("4.20 \u20ac + 0.60 \u20ac makes 4.90 \u20ac", "490"),
        ("\u0665\u066b\u0662\u0660 \u20ac", "520"),
        ("until 7 pm", "7"),
        ("from 8:30", "830"),
        ("20% off", "20"),
        ("Call 030 765 4321", "0307654321"),
        ("It is 99 cents", "99"),
        ("4.20 \u20ac less 0.60 \u20ac is 3.70 \u20ac", "370"),
        ("2 \u00d7 4.20 \u20ac + 0.60 \u20ac = 9.10 \u20ac", "910"),
        ("10 % of 4.20 \u20ac is 0.50 \u20ac", "050"),
        ("4 Euro 50", "450"),
        ("from 8.30 to 13.00 Uhr", "830"),
    ],
)
def test_what_was_not_given_is_found(answer: str, digits: str) -> None:
    assert GIVEN.find_invented(answer) == digits


def test_what_a_document_says_in_words_or_with_a_dot_is_given() -> None:
    given = Given.of(["Open 6.30 - 18.30, warm until noon. Half price later: 5 \u20ac"])
    for answer in ("6:30 to 18:30", "6:30 pm", "until 12:00", "50 % off"):
        assert given.find_invented(answer) is None
    assert given.find_invented("until midnight, or 0:00") == "000"
    assert given.find_invented("until 6:45") == "645"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.200 \u20ac", {"1.2", "1200"}),
        ("1,20,000 \u20b9", {"120000"}),
        ("1'234.50 CHF", {"1234.5"}),
        ("Rs. 500", {"500"}),
        ("4.- \u20ac", {"4"}),
    ],
)
def test_a_price_is_read_as_it_is_written_somewhere(
    text: str, values: set[str]
) -> None:
    (price,) = read_numbers(text)
    assert price.kind == "money"
    assert price.values == set(map(Decimal, values))


@pytest.mark.parametrize("piece", ["1", "1 ", "1,", "1-", "\u20ac1", "1:", "111 "])
def test_a_long_text_of_digits_is_read_in_one_pass(piece: str) -> None:
    assert isinstance(read_numbers(piece * 10_000), list)  # minutes, if quadratic
