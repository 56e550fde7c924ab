"""CSV: its delimiter and its header are found, each row keeps its header."""

import csv
from collections.abc import Iterator
from itertools import islice

from bot.knowledge.reading.formats.rows import rows_as_text
from bot.knowledge.reading.formats.texts import decode
from bot.knowledge.reading.nouns import Block, Draft, UnreadableError

DELIMITERS = ",;\t|"
ROWS_LOOKED_AT = 100
LONGEST_CELL = 100_000


def read(content: bytes, draft: Draft) -> Iterator[Block]:
    """Yield the rows of a CSV file; its first row may name the columns."""
    text = decode(content, [draft.charset])
    csv.field_size_limit(LONGEST_CELL)
    rows = _rows(text, find_delimiter(text))
    for row in rows_as_text(_within(rows, draft)):
        yield Block("row", row)


def _within(rows: Iterator[list[str]], draft: Draft) -> Iterator[list[str]]:
    for count, row in enumerate(rows):
        check_size(count, len(row), draft)
        yield row


def check_size(rows: int, columns: int, draft: Draft) -> None:
    """Raise UnreadableError for a table that is too large."""
    limits = draft.limits
    if rows >= limits.rows or columns > limits.columns:
        raise UnreadableError(
            f"the table has more than {limits.rows:,} rows or {limits.columns} "
            "columns: split it into smaller files, or leave out what nobody asks for",
            "too much",
        )


def find_delimiter(text: str) -> str:
    """Return the sign between cells: the one that gives most rows the same width."""
    begin = text[:LONGEST_CELL]

    def fits(delimiter: str) -> tuple[float, int]:
        rows = islice(_rows(begin, delimiter), ROWS_LOOKED_AT)
        widths = [len(row) for row in rows if row]
        if not widths or max(widths) < 2:
            return 0.0, 0
        usual = max(set(widths), key=widths.count)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0), usual

    return max(DELIMITERS, key=fits)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    except csv.Error:
        raise UnreadableError(
            "the file is no CSV that can be read (a quotation mark is not closed, or a "
            "cell is too long): save it anew, or as XLSX"
        ) from None
