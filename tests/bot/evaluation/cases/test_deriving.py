"""What an answer must have, by what a person said is right."""

import pytest

from bot.evaluation.cases.deriving import as_was_told
from bot.evaluation.cases.expecting import find_pattern
from bot.evaluation.cases.nouns import Expectations
from bot.evaluation.judged.words import has_pattern


@pytest.mark.parametrize(
    ("told", "beside", "numbers"),
    [
        ("It is 4.20 € since May.", ["It is 3 euros."], ("4.20 €",)),
        ("Wir öffnen um 6:30 Uhr.", ["Wann?", "Um 8:00."], ("6:30 Uhr",)),
        ("It is 4,20 EUR, so 4.20 €.", [], ("4,20 EUR",)),
        ("20% off, call 0555 0142 77.", [], ("20%", "0555 0142 77")),
        ("It is 4.20 €, as you say.", ["Is it 4,20 Euro?"], ()),
    ],
)
def test_the_numbers_of_what_is_right_must_be_there(
    told: str, beside: list[str], numbers: tuple[str, ...]
) -> None:
    assert as_was_told(told, beside, again=True).numbers == numbers


def test_without_numbers_its_telling_words_must_in_any_form() -> None:
    told = "Yes, we deliver on Saturdays, please write to us."
    expects = as_was_told(told, ["Do you deliver?", "No."], again=False)
    assert expects.never_again
    assert expects.must == ("/\\bsaturda/", "/\\bwrit/")
    (saturday, _) = (find_pattern(words) or "" for words in expects.must)
    assert has_pattern("On SATURDAY, too.", saturday)


def test_what_tells_nothing_new_expects_nothing() -> None:
    assert as_was_told("Yes.", ["Open?"], again=True) == Expectations()
