"""What the LLM writes in brackets is read, and none of it reaches the user."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.sources.markers import Marked, read_markers

_pieces = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        ["[", "]", "(", "1", "9", ", ", "source ", "`", "**", "unknown", " "]
    ),
)


@pytest.mark.parametrize(
    ("answer", "text", "cited"),
    [
        ("It costs 4.20 \u20ac [1].", "It costs 4.20 \u20ac.", (1,)),
        ("4.20 \u20ac[2][1]. And 3 [2, 3]", "4.20 \u20ac. And 3", (2, 1, 3)),
        ("All of it [1-3].", "All of it.", (1, 2, 3)),
        ("\u30101\u3011Nine. \u30102\u2020hours.pdf\u3011", "Nine.", (1, 2)),
        ("Nine (source 1), ten (see [2]).", "Nine, ten.", (1, 2)),
        ("**[1]** Nine ([2], [3])", "Nine", (1, 2, 3)),
        ("Nine [citation: 1] \\[2\\]", "Nine", (1, 2)),
        ("Nine [1](https://x.example/a).", "Nine.", (1,)),
        ("Nine (1).", "Nine.", (1,)),
        ("Rye[1]bread", "Rye bread", (1,)),
        ("- [1] Rye\n- [2] Wheat", "- Rye\n- Wheat", (1, 2)),
        ("Nine.[1]\n\nSources:\n[1]\n[2]", "Nine.", (1, 2)),
        ("Invented [9], [0] and [1, 9].", "Invented and.", (1,)),
        ("Many [1-999].", "Many.", (1, 2, 3)),
        ("Nothing given (9).", "Nothing given (9).", ()),
        ("(1) Mix (2) bake", "(1) Mix (2) bake", ()),
        ("[Step 1] [1.5] [x] - [ ] [2026]", "[Step 1] [1.5] [x] - [ ] [2026]", ()),
        ("`a[1]` ```\nb[2]\n``` [3]", "`a[1]` ```\nb[2]\n```", (3,)),
        (
            "https://x.example/item[1]?a=[2] [3]",
            "https://x.example/item[1]?a=[2]",
            (3,),
        ),
        ("Your item [2] is rye [2].", "Your item [2] is rye.", (2,)),
    ],
)
def test_citations_are_read_and_taken_out(
    answer: str, text: str, cited: tuple[int, ...]
) -> None:
    assert read_markers(answer, 3, "What is item [2]?") == Marked(text, cited)


@pytest.mark.parametrize(
    "marker", ["[unknown]", "[Unknown.]", "\u3010unknown\u3011", "**[unknown]**"]
)
def test_not_knowing_is_read(marker: str) -> None:
    assert read_markers(f"Sorry. {marker}", 3) == Marked("Sorry.", is_unknown=True)


@pytest.mark.parametrize("marker", ["[picture 2]", "![Picture: 2](x)", "[image 2]"])
def test_a_picture_is_read(marker: str) -> None:
    assert read_markers(f"Here: {marker}", 3) == Marked("Here:", pictures=(2,))


def test_a_picture_that_was_not_given_is_dropped() -> None:
    assert read_markers("Here. [picture 9] [picture]", 3) == Marked("Here.")


@given(st.lists(_pieces, max_size=30).map("".join), st.integers(0, 5))
@settings(max_examples=50, deadline=None)
def test_only_given_numbers_are_cited(answer: str, passages: int) -> None:
    marked = read_markers(answer, passages)
    assert all(1 <= number <= passages for number in (*marked.cited, *marked.pictures))


@pytest.mark.parametrize(
    "piece", ["[", "[1", "(see ", "**[1]", "[1](", "`", "[1, ", " \t"]
)
def test_a_long_answer_of_scraps_is_read_in_one_pass(piece: str) -> None:
    # Quadratic time would take minutes here.
    assert read_markers(piece * 8_000, 3).cited in ((), (1,))
