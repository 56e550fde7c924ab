"""What an answer claims to have done, and what only sounds so."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.chat.assertions import sentences as own
from bot.chat.assertions.finding import find_assertions
from bot.chat.assertions.words import ACTS
from bot.languages.names import LANGUAGES
from bot.languages.speaking import speak
from bot.readers import DEFAULT_SYSTEM_PROMPT
from tests.bot.chat.assertions.harmless import HARMLESS
from tests.bot.chat.assertions.told import ASSERTIONS
from tests.house import PATIENCE

CONVERSATIONS = Path(__file__).parents[3] / "conversations"
ROOT = Path(__file__).parents[4]
# What the LLM says in them, as a text or among others.
SAID = re.compile(r"\b(?:llm|says): *[\[{]?(.*)")


READ_ALL = """
import json, sys
from bot.chat.assertions.finding import find_assertions
from bot.chat.assertions.words import ACTS
for answer in json.load(sys.stdin):
    find_assertions(answer, ACTS)
"""


def claimed(told: list[str]) -> set[str]:
    return {sentence for sentence in told if find_assertions(sentence, ACTS)}


def test_claims_are_found_in_every_language_and_nothing_else_is() -> None:
    claims, harmless = ASSERTIONS.strip().splitlines(), HARMLESS.strip().splitlines()
    assert (len(claims), len(harmless)) >= (200, 280)
    assert set(claims) - claimed(claims) == set()
    assert claimed(harmless) == set()


def test_answers_of_the_recorded_conversations_claim_what_nobody_did_once() -> None:
    texts = [file.read_text() for file in sorted(CONVERSATIONS.glob("*.yaml"))]
    said = [line for text in texts for line in SAID.findall(text)]
    assert len(said) > 100
    assert claimed(said) == {"Done."}, "to who asked it to stop a cassette: it can't"


def test_hostile_answers_are_read_in_time() -> None:
    # Cubic time would take minutes: the child is ended then.
    names = sorted({form for told in ASSERTIONS.splitlines() for form in told.split()})
    answers = [f"{name} for a" + "\t" * 900 + " x y z a b c d" for name in names]
    subprocess.run(
        [sys.executable, "-c", READ_ALL],
        input=json.dumps(
            [*answers, "registrado para a" + "\t" * 900 + " x y z a b c d"]
        ),
        cwd=ROOT,
        text=True,
        check=True,
        timeout=PATIENCE,
    )


def test_the_bots_own_sentences_about_calls_claim_nothing() -> None:
    told = (own.NOT_DONE, own.NOTHING_NEW, own.NOT_KNOWN, DEFAULT_SYSTEM_PROMPT)
    assert claimed([speak(code, one) for code in LANGUAGES for one in told]) == set()


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("I have booked it.", {"book"}),
        ("I have booked it, and your order was cancelled.", {"book", "cancel"}),
        ("Done!", {"any"}),
        ("Listo.", {"any"}),
        ("I've taken care of it for you.", {"any"}),
        ("Your cancellation has been processed.", {"cancel"}),
        ("Sure, done! Here is the text.", set()),
        ("> I have booked it.", set()),
        ("Your order was sent [2].", set()),
        ("I have booked it [2].", {"book"}),
        ("", set()),
    ],
)
def test_a_claim_names_its_acts(text: str, acts: set[str]) -> None:
    found = find_assertions(text, ACTS)
    assert set().union(*(assertion.acts for assertion in found)) == acts


def test_only_acts_of_the_tools_on_offer_are_looked_for() -> None:
    assert find_assertions("I have booked it.", {"cancel"}) == []
    assert find_assertions("Done!", set()) == []
    assert find_assertions("I have booked it.", {"book"})[0].is_own
    assert not find_assertions("Your table was booked.", {"book"})[0].is_own


def test_what_stands_behind_a_flood_of_words_is_found() -> None:
    """Words that patterns begin with, again and again, in one sentence."""
    for words in ("I have your booking ", "ich habe ihre ", "mi su te hemos ", "मैंने "):
        (found,) = find_assertions(f"{words * 5_000}. I have booked it.", ACTS)
        assert found.sentence == "I have booked it."
