"""Words as they are searched: what must find each other, folds into one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.words import LONGEST_WORD, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Rye bread, fresh!", ["rye", "bread", "fresh"]),
        ("STRASSE Straße İstanbul", ["strasse", "strasse", "istanbul"]),
        ("\uff21\uff22\uff23 \ufb01ne soft\u00adhyphen", ["abc", "fine", "softhyphen"]),
        ("लड़कियाँ कितनी हैं", ["लड़कियाँ", "कितनी", "हैं"]),
        ("l'été don\u2019t", ["l", "été", "don", "t"]),
        ("الكِتَابُ", ["الكتاب"]),
        ("١٢٣ १२३", ["123", "123"]),
        ("黑豹队", ["黑豹", "豹队"]),
        ("東京 Tシャツ", ["東京", "t", "シャ", "ャツ"]),
        ("สวัสดี", ["สว", "วั", "ัส", "สด", "ดี"]),
        ("가격은", ["가격", "격은"]),
        ("分", ["分"]),
        ("👍 … ?!", []),
    ],
)
def test_words_of_many_scripts(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("€3.50", ["3.5"]),
        ("3,50 €", ["3.5"]),
        ("3.00", ["3"]),
        ("1,299.00", ["1299"]),
        ("1.299,50", ["1299.5"]),
        ("CHF 1'299", ["chf", "1299"]),
        ("1,234,567", ["1234567"]),
        ("0.125", ["0.125"]),
        ("24.12.2025", ["24", "12", "2025", "24122025"]),
        ("09:00-18:30", ["9", "0", "18", "0018", "30"]),
    ],
)
def test_numbers_however_they_are_written(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    "written", ["AB-123", "ab123", "AB 123", "ab/123", "AB\u2011123"]
)
def test_a_sku_is_found_however_it_is_written(written: str) -> None:
    assert {"ab", "123"} <= set(split_words(written))


def test_what_is_written_together_counts_whole_too() -> None:
    assert split_words("e-mail")[-1] == "email"
    assert split_words("500ml") == ["500", "ml", "500ml"]
    assert split_words("info@bakery.example")[-1] == "infobakeryexample"


@given(st.text())
def test_words_are_short_never_empty_and_their_own_words(text: str) -> None:
    words = split_words(text)
    assert all(0 < len(word) <= LONGEST_WORD for word in words)
    assert not any(character.isspace() for word in words for character in word)
    assert len(words) <= 2 * len(text) * 18  # NFKC makes 18 characters of one at most


def test_a_long_run_stays_quick() -> None:
    assert len(split_words("a-" * 50_000)) == 50_000
    assert len(split_words("1." * 50_000 + "x")) > 0
    assert len(split_words("字" * 50_000)) == 49_999
