"""A document is cut so that each piece can be understood, and found, alone."""

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.reading import Block, Reading
from bot.knowledge.taking_in.chunking import (
    MOST_CHARACTERS,
    MOST_CHUNKS,
    MOST_WORDS,
    cut_into_chunks,
)
from bot.knowledge.words import split_words
from db.records import NewChunk


def cut(*blocks: Block, title: str = "Terms") -> list[NewChunk]:
    return cut_into_chunks(Reading(file_type="text", blocks=blocks), title)


def test_a_chunk_knows_the_headings_above_it() -> None:
    chunks = cut(
        Block("paragraph", "Valid from May.", page=1),
        Block("heading", "Returns", 1, 1),
        Block("paragraph", "Within 14 days.", page=1),
        Block("heading", "Fees", 2, 2),
        Block("row", "Cake: Fee 2 EUR", page=2),
        Block("heading", "Delivery", 1, 3),
        Block("item", "By bicycle", page=3),
    )
    assert [(chunk.heading, chunk.text, chunk.page) for chunk in chunks] == [
        (None, "Valid from May.", 1),
        ("Returns", "Within 14 days.", 1),
        ("Returns > Fees", "Cake: Fee 2 EUR", 2),
        ("Delivery", "By bicycle", 3),
    ]
    assert chunks[2].words == ("terms", "returns", "fees", "cake", "fee", "2", "eur")


def test_a_heading_with_nothing_below_it_is_not_lost() -> None:
    chunks = cut(
        Block("heading", "Closed on Mondays", 1), Block("heading", "Call us", 1)
    )
    assert [chunk.text for chunk in chunks] == ["Closed on Mondays", "Call us"]


def test_rows_stay_whole() -> None:
    rows = [f"Bread {n}: Price {n}.20 EUR; Weight {n} kg" for n in range(200)]
    chunks = cut(*(Block("row", row) for row in rows))
    assert len(chunks) > 5
    assert [line for chunk in chunks for line in chunk.text.split("\n")] == rows


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = " ".join(f"This is sentence number {n}." for n in range(300))
    chunks = cut(Block("paragraph", text))
    assert len(chunks) > 5
    assert all(chunk.text.endswith(".") for chunk in chunks)
    assert " ".join(chunk.text for chunk in chunks) == text


@given(
    st.lists(
        st.text(alphabet=st.sampled_from("abé 。.\n漢"), max_size=6_000), max_size=4
    )
)
def test_whatever_is_cut_keeps_its_signs_and_the_bounds(texts: list[str]) -> None:
    chunks = cut(*(Block("paragraph", text) for text in texts))
    kept = "".join(chunk.text for chunk in chunks)
    assert "".join(kept.split()) == "".join("".join(texts).split())
    for chunk in chunks:
        assert len(chunk.text) <= MOST_CHARACTERS
        assert len(split_words(chunk.text)) <= MOST_WORDS


def test_a_word_that_never_ends_is_cut() -> None:
    chunks = cut(Block("paragraph", "x" * 10_000))
    assert all(0 < len(chunk.text) <= MOST_CHARACTERS for chunk in chunks)
    assert sum(chunk.text.count("x") for chunk in chunks) == 10_000


def test_writing_without_blanks_is_cut_as_well() -> None:
    chunks = cut(Block("paragraph", "\u4ed6\u4eec\u5728\u8fd9\u91cc\u3002" * 300))
    assert len(chunks) > 3
    assert all(chunk.text.endswith("\u3002") for chunk in chunks)


def test_there_are_not_more_chunks_than_are_searched_well() -> None:
    headings = [Block("heading", f"Line {n}", 1) for n in range(MOST_CHUNKS + 10)]
    assert len(cut(*headings)) == MOST_CHUNKS
