"""The child that reads: it tells what a file says, or why it can't, and is gone."""

import pytest

from bot.knowledge.reading import Block, UnreadableError, read_document


def test_a_child_reads_a_document() -> None:
    reading = read_document("# Öffnung\n\nVon 7-18 Uhr.".encode(), "hours.md")
    assert (reading.file_type, reading.title) == ("markdown", "Öffnung")
    assert reading.blocks == (
        Block("heading", "Öffnung", 1),
        Block("paragraph", "Von 7-18 Uhr."),
    )


def test_a_child_tells_why_it_can_not() -> None:
    with pytest.raises(UnreadableError, match="the file is empty"):
        read_document(b"", "empty.txt")
