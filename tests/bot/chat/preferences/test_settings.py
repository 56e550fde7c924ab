"""/settings: what is set, how it is set, and what becomes of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.chat.patience import Pace
from bot.chat.preferences import sentences
from db.chats import PostgresChatStore
from db.database import Database
from db.memory.knowing import People
from db.memory.preferences import SCHEMA, read_preferences
from tests.bot.chat.conversation import AWAY, Conversation
from tests.db.sql import change, value

STORED = "SELECT preferences FROM user_preferences"
SETTINGS = """Your settings:
length: *normal* (normal, short, long)
answers: *text* (text, voice)
alerts: *on* (on, off)
To change one, write for example: /settings length short"""
Ana = Callable[..., Conversation]


@pytest.fixture
def ana_of(database: Database, pg: PostgresChatStore) -> Ana:
    def meet(*thoughts: Any, **given: Any) -> Conversation:
        ana = Conversation(*thoughts, store=pg, **given)
        ana.talk = replace(ana.talk, know=People(database).know)
        return ana

    return meet


def tell(ana: Conversation, text: str, minutes: float = 0) -> list[str]:
    ana.says(text, minutes=minutes)
    return ana.hears()


def test_settings_are_shown_and_set(database: Database, ana_of: Ana) -> None:
    ana = ana_of("Nine.")
    assert tell(ana, "/settings") == [SETTINGS]
    assert tell(ana, "/Settings  length: SHORT!") == ["Done. length: short."]
    assert tell(ana, "/r\u00e9glages length short") == ["Done. length: short."]
    assert tell(ana, "/ajustes answers=voice") == ["Done. answers: voice."]
    assert value(database, STORED) == {"length": "short", "answers": "voice"}
    [shown] = tell(ana, "/settings")
    assert "length: *short*" in shown
    assert tell(ana, "/settings colour blue")[0].startswith("I don't know that")
    assert tell(ana, "/settings language") == [sentences.LANGUAGE]
    assert "/settings: how I answer you" in tell(ana, "/help")[0]
    assert ana.thoughts.prompts == []


def test_a_length_reaches_the_prompt(ana_of: Ana) -> None:
    ana = ana_of("Nine.")
    for choice in ("short", "long", "normal"):
        tell(ana, f"/settings length {choice}")
        tell(ana, "When do you open?")
    systems = [str(prompt[0].content) for prompt in ana.thoughts.prompts]
    assert [sentences.LENGTHS["short"] in system for system in systems] == [
        True, False, False,
    ]  # fmt: skip
    assert [sentences.LENGTHS["long"] in system for system in systems] == [
        False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "minutes"), [("Short", 0), ("*long* please", 0), ("/short", 0)]
)
def test_a_name_alone_asks_and_a_word_answers(
    database: Database, ana_of: Ana, answer: str, minutes: float
) -> None:
    ana = ana_of("What shall be short?")
    assert tell(ana, "/settings length") == [
        "length: which of these? normal, short, long"
    ]
    [said] = tell(ana, answer)
    assert said.startswith("Done. length: ")
    assert value(database, STORED)["length"] in answer.casefold()
    assert tell(ana, answer.strip("/")) == ["What shall be short?"]


def test_a_question_is_over_with_the_next_message_and_stop_wins(
    database: Database, ana_of: Ana
) -> None:
    ana = ana_of("A short what?", "Yes.")
    tell(ana, "/settings length")
    assert tell(ana, "Hm, are you open?") == ["A short what?"]
    assert tell(ana, "short") == ["Yes."]
    tell(ana, "/settings length")
    ana.says("STOP")
    ana.hears()
    assert ana.chat.opted_out
    assert value(database, "SELECT count(*) FROM user_preferences") == 0


def test_a_question_does_not_wait_for_ever(ana_of: Ana) -> None:
    ana = ana_of("Short what?")
    tell(ana, "/settings length")
    late = ana.chat.turns[-1]
    assert late.asks == "settings:length"
    change_asked = """
        UPDATE userchats SET messages = jsonb_set(messages, '{1,timestamp}',
          to_jsonb(now() - interval '11 minutes'))
    """
    change(ana.talk.know.__self__.database, change_asked)  # type: ignore[union-attr]
    assert tell(ana, "short") == ["Short what?"]


def test_in_a_burst_only_the_first_message_answers(ana_of: Ana) -> None:
    ana = ana_of("Two what?")
    tell(ana, "/settings length")
    ana.says("one moment")
    ana.says("short")
    assert ana.hears() == ["Two what?"]
    assert ana.llm_saw()[-1].endswith("one moment\n\nshort")


def test_who_wants_no_alerts_hears_of_no_delay(ana_of: Ana) -> None:
    ana = ana_of(AWAY, pace=Pace(quiet_seconds=0, notice_seconds=0))
    tell(ana, "/settings alerts off")
    ana.says("Hello?")
    assert ana.is_kept_waiting()
    assert "longer than usual" not in " ".join(ana.bot_said)
    ana.says("/settings alerts on")
    ana.is_kept_waiting()


def test_without_a_database_there_are_no_settings() -> None:
    ana = Conversation("Which settings?")
    assert tell(ana, "/settings") == ["Which settings?"]
    assert "/settings" not in tell(ana, "/help")[0]


@pytest.mark.parametrize(
    "stored",
    ['{"length": "huge"}', '{"length": 1}', '{"colour": "blue"}', "[]", '"short"',
     '{"language": "Spanish!"}', '{"alerts": true}'],
)  # fmt: skip
def test_what_is_none_is_refused_by_the_database_and_not_read(
    database: Database, pg: PostgresChatStore, stored: str
) -> None:
    Conversation(store=pg).says("Hi")
    insert = "INSERT INTO user_preferences SELECT user_id, %(stored)s::jsonb FROM users"
    with pytest.raises(Exception, match=r"user_preferences_preferences_check|scalar"):
        change(database, insert, stored=stored)


def test_the_schema_is_the_databases(database: Database, pg: PostgresChatStore) -> None:
    Conversation(store=pg).says("Hi")
    change(database, "INSERT INTO user_preferences SELECT user_id FROM users")
    for kind in SCHEMA:
        for choice in kind.choices or ("es", "pt-BR"):
            stored = {kind.name: choice}
            change(
                database,
                "UPDATE user_preferences"
                " SET preferences = jsonb_build_object(%(n)s::text, %(v)s::text)",
                n=kind.name,
                v=choice,
            )
            assert read_preferences(value(database, STORED)) == stored
    assert read_preferences({"length": "huge", "x": "y", "alerts": "off"}) == {
        "alerts": "off"
    }
    assert read_preferences([]) == {}
