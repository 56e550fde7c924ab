"""/reminders: what waits, with its numbers, and canceling, in every language."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bot.chat.reminders import sentences
from bot.languages.names import LANGUAGES
from bot.languages.speaking import speak
from db.chats import PostgresChatStore
from db.database import Database
from db.memory.knowing import People
from db.records import Scheduled
from db.tools.scheduled import Reminders
from tests.bot.chat.conversation import ADDRESS, Conversation
from tests.db.sql import rows
from tests.db.support.takeovers import find_user

WAITING = "SELECT text FROM scheduled_messages WHERE state = 'waiting' ORDER BY number"
CANCELED = "SELECT text, canceled_by FROM scheduled_messages WHERE state = 'canceled'"
SOON = timedelta(days=8)


@pytest.fixture
def ana(database: Database, pg: PostgresChatStore) -> Conversation:
    ana = Conversation("Yes.", store=pg)
    ana.talk = replace(ana.talk, know=People(database).know, reminds=True)
    ana.says("Hello")
    ana.hears()
    for hours, text in ((2, "Fetch the\nbread"), (1, "Milk")):
        at = datetime.now(UTC) + SOON + timedelta(hours=hours)
        new = Scheduled(
            scheduled_id=uuid4(), user_id=find_user(database, ADDRESS),
            kind="reminder", text=text, say_at=at,
        )  # fmt: skip
        Reminders(database).plan(new, "a")
    return ana


def tell(ana: Conversation, text: str) -> str:
    ana.says(text)
    return "\n".join(ana.hears())


def test_they_are_listed_and_canceled_by_number(
    database: Database, ana: Conversation
) -> None:
    listed = tell(ana, "/reminders").splitlines()
    assert listed[0] == "I shall remind you of this:"
    assert listed[1].startswith("2. Milk (on ")
    assert listed[2].startswith("1. Fetch the bread (on ")
    assert listed[-1].endswith("/reminders cancel 2")
    assert tell(ana, "/reminders cancel 1").endswith(": Fetch the bread")
    assert rows(database, WAITING) == [("Milk",)]
    assert rows(database, CANCELED) == [("Fetch the\nbread", "user")]
    assert tell(ana, "/reminders cancel 1").startswith("There is no reminder 1.")
    assert tell(ana, "/reminders 2").startswith("I shall remind you of this:")
    tell(ana, "/reminders cancel 2")
    assert tell(ana, "/reminders") == sentences.NOTHING
    assert ana.thoughts.prompts[1:] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_word_for_it_is_known_in_every_language(
    database: Database, ana: Conversation, language: str
) -> None:
    word = speak(language, sentences.CANCEL)
    tell(ana, f"/reminders {word} ٢")
    assert rows(database, CANCELED) == [("Milk", "user")]


def test_help_tells_of_it_where_users_are_reminded(ana: Conversation) -> None:
    assert sentences.REMINDERS in tell(ana, "/help")
    ana.talk = replace(ana.talk, reminds=False)
    assert sentences.REMINDERS not in tell(ana, "/help")
