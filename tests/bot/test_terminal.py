"""Whatever people wrote is shown on a terminal as text, in tables that fit."""

import json

import pytest

from bot.terminal import Column, cells_of, one_line, printable, printable_json, table

TRICKS = {
    "turns the direction of all that follows": "\u202e",
    "isolates a direction": "\u2066",
    "marks a direction": "\u200f",
    "moves the cursor": "\x1b[2A",
    "is an escape in one sign": "\x9b",
    "rings": "\x07",
    "goes back to the line's beginning": "\r",
    "begins a new line": "\u2028",
    "shows nothing": "\ufeff",
    "is half a sign": "\ud83d",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_reaches_a_terminal(trick: str) -> None:
    sign = TRICKS[trick]
    assert printable(f"a{sign}b") == f"a\ufffd{sign[1:]}b"
    assert sign[0] not in one_line(f"a{sign}b")


READABLE = [
    "Zoë",
    "مرحبا",
    "\u0645\u06cc\u200c\u062a\u0648\u0627\u0646\u0645",
    "👨\u200d👩\u200d👧 ❤️ 🇨🇱",
    "two\nlines\tand a tab",
    "a\u00a0b",
]


@pytest.mark.parametrize("text", READABLE)
def test_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_lines_of_windows_are_lines() -> None:
    assert printable("one\r\ntwo") == "one\ntwo"


def test_one_line_is_one_line_and_not_too_long() -> None:
    assert one_line("one\n\n  two\tthree") == "one two three"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize("trick", [*TRICKS.values(), "\x7f", "\U000e0041"])
def test_json_means_the_same_and_holds_no_trick(trick: str) -> None:
    text = json.dumps({"said": f"Zoë {trick}\n"}, ensure_ascii=False)
    shown = printable_json(text)
    assert json.loads(shown) == json.loads(text)
    assert printable(shown) == shown
    assert "Zoë" in shown


COLUMNS = (
    Column("key"),
    Column("when", spare=1),
    Column("count", right=True, spare=2),
    Column("said", least=6),
)
ROWS = [
    ("first", "2026-01-02", "1", "a short text"),
    ("second", "2026-01-03", "12,345", "a text that\nis somewhat longer"),
    ("third", "2026-01-04", "7", "漢字漢字漢字漢字漢字"),
]


def test_a_table_that_goes_to_a_file_is_whole() -> None:
    assert [*table(COLUMNS, ROWS, None)] == [
        "key     when         count  said",
        "first   2026-01-02       1  a short text",
        "second  2026-01-03  12,345  a text that is somewhat longer",
        "third   2026-01-04       7  漢字漢字漢字漢字漢字",
    ]


def test_on_a_terminal_texts_are_cut_first() -> None:
    assert [*table(COLUMNS, ROWS, 40)] == [
        "key     when         count  said",
        "first   2026-01-02       1  a short text",
        "second  2026-01-03  12,345  a text that…",
        "third   2026-01-04       7  漢字漢字漢…",
    ]


def test_then_columns_go_and_keys_stay_whole() -> None:
    assert [*table(COLUMNS, ROWS, 28)] == [
        "key     when        said",
        "first   2026-01-02  a short…",
        "second  2026-01-03  a text …",
        "third   2026-01-04  漢字漢…",
    ]
    assert [*table(COLUMNS, ROWS, 5)][2] == "second  a tex…"


@pytest.mark.parametrize("width", range(14, 60))
def test_no_line_is_longer_than_the_terminal(width: int) -> None:
    assert max(map(cells_of, table(COLUMNS, ROWS, width))) <= width


def test_a_table_of_nothing_has_its_headings() -> None:
    assert [*table((*COLUMNS, Column("")), [], 80)] == ["key  when  count  said"]
