"""What WhatsApp refuses of templates is known before it is asked."""

import pytest

from bot.whatsapp.templates.rules import fault_of_values, faults_of_text


@pytest.mark.parametrize(
    "text", ["Hello {{1}}, your {{2}} is here.", "No gap at all.", "A {{1}} and {{1}}."]
)
def test_texts_that_may_be_approved(text: str) -> None:
    assert list(faults_of_text(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{1}}, hello.",
        "Hello {{1}}",
        "Hello {{1}}{{2}}!",
        "Hello {{1}}, {{2}}!",
        "Hello {{2}}!",
        "Hello {{name}}!",
        "x" * 1025,
    ],
    ids=["begins", "ends", "adjacent", "no word between", "from 2", "named", "long"],
)
def test_texts_that_will_not_be(text: str) -> None:
    assert list(faults_of_text(text))


@pytest.mark.parametrize("value", ["Ana", "four    blanks", "é 😀"])
def test_values_that_are_taken(value: str) -> None:
    assert fault_of_values({"1": value}) is None


@pytest.mark.parametrize(
    "value",
    ["", "  ", "two\nlines", "a\ttab", "five     blanks", "\u2028"],
    ids=["empty", "blank", "lines", "tab", "blanks", "separator"],
)
def test_values_that_are_not(value: str) -> None:
    assert fault_of_values({"1": value})
