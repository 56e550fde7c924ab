"""What a version of a document says, and what it is called."""

import pytest

from bot.knowledge.taking_in.versions import read_version, tidy
from tests.db.knowledge.uploads import uploaded

TERMS = b"# Terms\n\nReturns are taken within the day, with the bag and the receipt.\n"


def test_a_document_is_called_what_it_calls_itself_unless_told() -> None:
    taken = read_version(uploaded(TERMS, file_path="/srv/terms-2026.md"))
    assert (taken.title, taken.file_type, taken.language) == (
        "Terms", "markdown", "en",
    )  # fmt: skip
    told = {"title": "Our terms", "language": "de"}
    taken = read_version(uploaded(TERMS, file_path="/srv/terms.md", **told))
    assert (taken.title, taken.language) == ("Our terms", "de")
    assert "our" in taken.chunks[0].words


def test_one_that_calls_itself_nothing_has_the_name_of_its_file() -> None:
    taken = read_version(uploaded(b"Rye bread: 4.50", file_path="/srv/price_list.txt"))
    assert taken.title == "Price list"


def test_an_answer_to_a_gap_stays_one() -> None:
    taken = read_version(uploaded(b"Yes, on Sundays too.", file_type="answer"))
    assert taken.file_type == "answer"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("price_list-2026.pdf", "Price list 2026"),
        ("Terms & Conditions v1.2.docx", "Terms & Conditions v1.2"),
        ("bakery.example", "Bakery.example"),
        ("____.txt", "____.txt"),
    ],
)
def test_a_name_as_a_title(name: str, title: str) -> None:
    assert tidy(name) == title
