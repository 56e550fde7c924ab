"""A chat that went quiet, or was closed, is labelled in the call that recaps it."""

from dataclasses import replace

import pytest

from bot.chat.memory.labels import Labels
from bot.chat.memory.policy import TOPICS
from bot.chat.memory.remembered import Told, read_remembered
from bot.settings import Settings
from db.database import Database
from tests.bot.chat.memory.talker import Talker, remembers, shown
from tests.db.sql import change
from tests.scripted_llm import ScriptedLLM

CARD = "4111 1111 1111 1111"


def test_a_quiet_chat_is_labelled_once_by_our_words_alone(
    server: ScriptedLLM, ana: Talker
) -> None:
    server.always(remembers("She ordered bread."))
    ana.says("Bread, please. I am Ana Lopez")
    ana.remembers()
    assert not server.prompts, "not while she may write on"
    ana.goes_quiet()
    ana.remembers()
    ana.remembers()
    assert len(server.prompts) == 1
    assert "Ana Lopez" in shown(server)
    known = ana.metadata
    assert known["tags"] == ["orders"], "and not her name"
    assert known["detected_intent"] == "order"
    assert (known["sentiment"], known["language"]) == ("positive", "es")
    assert known["resolved"] is True
    assert known["recap"] == {"text": "She ordered bread.", "until": ana.sids[-1]}
    assert not any(turn.is_summary for turn in ana.chat.turns), "all of it is shown"


def test_it_is_labelled_again_when_there_is_more(
    server: ScriptedLLM, ana: Talker
) -> None:
    server.next(remembers("She ordered bread."), remembers("No.", intent="complaint"))
    for text in ("Bread, please", "It was stale!"):
        ana.says(text)
        ana.goes_quiet()
        ana.remembers()
    assert ana.metadata["detected_intent"] == "complaint"
    assert "Bread, please" in shown(server), "the whole of what nothing covers"


def test_a_full_chat_is_labelled_and_the_one_that_goes_on_sums_it_up(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    server.always(remembers("She ordered bread."))
    ana.talks(12)
    change(database, "UPDATE userchats SET is_active = false")
    ana.remembers()
    assert ana.metadata["tags"] == ["orders"]
    assert not any(turn.is_summary for turn in ana.chat.turns)


def test_rules_on_labels_and_words_name_department_and_priority(
    server: ScriptedLLM, ana: Talker
) -> None:
    told = {
        "MEMORY_DEPARTMENTS": 'office: "my invoice"; sales: orders',
        "MEMORY_PRIORITIES": "high: negative",
    }
    memory = Settings.from_env(told).policy.memory
    ana.policy = replace(ana.policy, memory=memory)
    server.next(
        remembers("Bread.", sentiment="negative"), remembers("Paid."),
        remembers("Hi.", topics=["small talk"]),
    )  # fmt: skip
    known = []
    for text in ("Bread, please", "Where is MY INVOICE?", "x" * 9000):
        ana.says(text)
        ana.goes_quiet()
        ana.remembers()
        known.append((ana.metadata["department"], ana.metadata["priority"]))
    assert known[:2] == [("sales", "high"), ("office", None)]
    assert known[2] == ("office", None), "she wrote of it in the same talk"


def test_words_of_a_whole_long_chat_count_and_rules_that_are_gone_do_not(
    server: ScriptedLLM, ana: Talker
) -> None:
    told = {"MEMORY_DEPARTMENTS": 'office: "my invoice"; sales: orders'}
    memory = Settings.from_env(told).policy.memory
    without = ana.policy
    ana.policy = replace(ana.policy, memory=memory)
    server.always(remembers("Bread.", topics=["small talk"]))
    ana.says("Where is my invoice?")
    for _ in range(3):
        ana.talks(15)
        ana.remembers()
    assert any(turn.is_summary for turn in ana.chat.turns)
    assert "invoice" not in shown(server)
    assert ana.metadata["department"] == "office"
    ana.policy = without
    ana.goes_quiet()
    ana.remembers()
    assert ana.metadata["department"] is None


LABELLED = (
    '{"section": "Bread.", "labels": {"topics": ["Orders", "his cancer", "orders", '
    '"delivery", "prices", "payment"], "intent": "sabotage", "sentiment": 5, '
    '"language": "Spanish", "resolved": "yes", "mood": "x"}, "more": [], '
    '"facts": [{"line": 1, "kind": "person", "text": "Is\\nAna"}, {"line": true, '
    '"kind": "person", "text": "x"}, {"line": 2}, 7]}'
)


@pytest.mark.parametrize("frame", ["{}", "```json\n{}\n```", "Here it is: {} Done."])
def test_what_is_none_of_our_words_is_left_out(frame: str) -> None:
    found = read_remembered(frame.replace("{}", LABELLED), TOPICS)
    assert found is not None
    assert found.section == "Bread."
    assert found.labels == Labels(tags=("orders", "delivery", "prices"))
    assert found.labels.to_metadata() == {"tags": ["orders", "delivery", "prices"]}
    assert found.facts == (Told(1, "person", "Is Ana"),)


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[1]", '{"section": 5}', '{"section": " "}', "{" * 9000, "x" * 30_000],
    ids=["nothing", "object", "list", "number", "blank", "deep", "long"],
)
def test_garbage_is_nothing(answer: str) -> None:
    assert read_remembered(answer, TOPICS) is None


def test_a_section_is_one_short_paragraph_without_card_numbers() -> None:
    told = f"Card {CARD}, order 4111 1111 1111 1112.\\n\\nNext\\u202e paragraph " * 30
    found = read_remembered(f'{{"section": "{told}"}}', TOPICS)
    assert found is not None
    assert len(found.section.encode()) <= 600
    assert "\n" not in found.section
    assert "\u202e" not in found.section
    assert CARD not in found.section
    assert "Card (a card number), order 4111 1111 1111 1112." in found.section
