"""What counts as the same words, the same number, the same answer."""

import pytest

from bot.evaluation.judged.words import (
    has_number,
    has_pattern,
    has_words,
    says_the_same,
)


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Our *Rye*  BREAD is dark.", "rye bread", True),
        ("Un café con leche", "cafe", True),
        ("Un cafe", "café", True),
        ("Die Straße", "STRASSE", True),
        ("We start at nine.", "art", False),
        ("rye-bread", "rye", True),
        ("Bread\nand rolls", "bread and", True),
        ("営業時間は九時です", "九時", True),
        ("nothing", "…", False),
    ],
)
def test_words_are_whole_however_they_are_written(
    text: str, words: str, found: bool
) -> None:
    assert has_words(text, words) is found


@pytest.mark.parametrize(
    ("text", "number", "found"),
    [
        ("Das kostet 4,20 EUR.", "4.20 €", True),
        ("It is €4.2 a loaf.", "4.20 €", True),
        ("4.20", "4.20 €", True),
        ("It is $4.20.", "4.20 €", False),
        ("It is 14.20 €.", "4.20 €", False),
        ("Take 4 rolls.", "4 €", False),
        ("Open from 8.00 to 11.30 Uhr", "11:30", True),
        ("open until half past", "11:30", False),
        ("\u0664\u066b\u0662\u0660 €", "4.20 €", True),
        ("20 percent off", "20 %", True),
        ("Call +49 30 123 456 78", "030 12345678", True),
        ("We close at noon.", "12:00", True),
    ],
)
def test_numbers_are_compared_and_not_spellings(
    text: str, number: str, found: bool
) -> None:
    assert has_number(text, number) is found


def test_a_pattern_that_never_ends_is_given_up() -> None:
    assert has_pattern("Rye Bread", r"\brye\b")
    with pytest.raises(TimeoutError):
        has_pattern("a" * 40 + "b", r"(a|a)*$|(a+)+$")


def test_nearly_the_same_words_are_the_same_answer() -> None:
    said = "We are open from nine to five on all days of the week but Sunday."
    assert says_the_same(said, said.upper().replace("nine", "*nine*"))
    assert says_the_same(said, said.replace("all days", "all the days"))
    assert not says_the_same(said, "On Sundays we are closed; else from nine to five.")
    assert says_the_same("", "")
