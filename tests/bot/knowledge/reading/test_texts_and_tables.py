"""Text, Markdown and CSV, read from bytes as people have them."""

import pytest

from bot.knowledge.reading import Block, UnreadableError
from bot.knowledge.reading.limits import Limits
from tests.bot.knowledge.reading.parsed import parsed, texts


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1252"]
)
def test_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    text = "Geöffnet für Sie: täglich außer Sonntag.\r\n\r\nBrötchen 0,45"
    assert texts(text.encode(encoding), "hours.txt") == [
        "Geöffnet für Sie: täglich außer Sonntag.",
        "Brötchen 0,45",
    ]


def test_letters_that_cannot_be_told_are_refused_unless_the_sender_names_them() -> None:
    cyrillic = "Мы открыты каждый день".encode("cp1251")
    with pytest.raises(UnreadableError, match="save it as UTF-8"):
        parsed(cyrillic, "hours.txt")
    sent_as = "text/plain; charset=windows-1251"
    assert texts(cyrillic, "hours.txt", sent_as) == ["Мы открыты каждый день"]


def test_text_keeps_headings_lines_and_lists() -> None:
    text = b"""HOURS

Monday 7-18
Sunday closed

We sell

- rye bread
- rolls, on
  Sundays too
"""
    reading = parsed(text, "hours.txt")
    assert (reading.file_type, reading.title) == ("text", "HOURS")
    assert reading.blocks == (
        Block("heading", "HOURS", 1),
        Block("paragraph", "Monday 7-18\nSunday closed"),
        Block("heading", "We sell", 2),
        Block("item", "rye bread"),
        Block("item", "rolls, on Sundays too"),
    )


def test_markdown_is_read_without_its_marks() -> None:
    text = b"""---
title: Terms of sale
---
# Returns

Within **14 days**, see [how](https://example.com).

## Fees
1. None for *bread*
   - nor for rolls

| Item | Fee |
|---|---|
| Cake | 2 EUR |
"""
    reading = parsed(text, "terms.md")
    assert (reading.file_type, reading.title) == ("markdown", "Terms of sale")
    assert reading.blocks == (
        Block("heading", "Returns", 1),
        Block("paragraph", "Within 14 days, see how."),
        Block("heading", "Fees", 2),
        Block("item", "None for bread"),
        Block("item", "nor for rolls"),
        Block("row", "Cake: Fee 2 EUR"),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_of_csv_keeps_its_header(delimiter: str) -> None:
    lines = ["Name,Price,Weight", "Rye bread,4.20 EUR,1 kg", "", "Roll,0.45 EUR,"]
    content = "\n".join(lines).replace(",", delimiter).encode("utf-16")
    assert texts(content, "prices.csv") == [
        "Rye bread: Price 4.20 EUR; Weight 1 kg",
        "Roll: Price 0.45 EUR",
    ]


def test_a_delimiter_within_quotes_is_none() -> None:
    content = b'Name;Note;No\n"Roll; small";"at 7, at 9, at 11";3\n'
    assert texts(content, "prices.csv") == ["Roll; small: Note at 7, at 9, at 11; No 3"]


def test_a_table_that_is_too_large_is_refused() -> None:
    with pytest.raises(UnreadableError, match="more than 1,000 rows"):
        parsed(b"a,b\n" + b"1,2\n" * 1_001, "much.csv", limits=Limits(rows=1_000))


def test_a_table_without_header_gets_none() -> None:
    content = b"Monday,closed\nTuesday,7 to 18\nWednesday,7 to 18\n"
    assert texts(content, "hours.csv") == [
        "Monday: closed",
        "Tuesday: 7 to 18",
        "Wednesday: 7 to 18",
    ]
    content = b"Rye,4.20,1 kg\nRoll,0.45,60 g\n"
    assert texts(content, "prices.csv") == ["Rye: 4.20; 1 kg", "Roll: 0.45; 60 g"]
