"""A person takes a chat over, as psql does it: from then on the bot says nothing."""

from collections.abc import Callable

import pytest

from bot.chat import sentences
from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.chat.conversation import AWAY, REFUSED, Conversation
from tests.db.sql import change, take_in, value
from tests.records import answer_to, notice_about, said

TOLD = f"system: {sentences.NOT_ANSWERED_HANDOFF}"


def take_over(database: Database) -> None:
    change(database, "SELECT take_chat(chat_id) FROM userchats WHERE is_active")


def give_back(database: Database) -> None:
    change(database, "SELECT give_chat(chat_id) FROM userchats WHERE is_active")


def test_the_bot_is_silent_and_says_so_once(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation("Hello!", store=pg)
    ana.says("Hi")
    assert ana.hears() == ["Hello!"]
    take_over(database)
    ana.says("Where is my order?")
    assert ana.hears() == []
    ana.says("Hello?")
    assert ana.hears() == []
    assert ana.transcript[2:] == [
        "user: Where is my order?",
        TOLD,
        "user: Hello?",
        "system: ",
    ]
    assert value(database, "SELECT count(*) FROM unanswered_messages") == 0
    assert len(ana.thoughts.prompts) == 1


def test_given_back_it_answers_and_tells_again_the_next_time(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation("Yes.", store=pg)
    for _ in range(2):
        ana.says("One")
        assert ana.hears() == ["Yes."]
        take_over(database)
        ana.says("Two")
        assert ana.hears() == []
        give_back(database)
    assert ana.transcript.count(TOLD) == 2


@pytest.mark.parametrize("text", ["/help", "STOP", "START", ""])
def test_not_even_a_command_is_answered(
    database: Database, pg: PostgresChatStore, text: str
) -> None:
    ana = Conversation(store=pg)
    ana.says("Hi")
    ana.hears()
    take_over(database)
    ana.says(text)
    assert ana.hears() == []
    assert ana.chat.opted_out is (text == "STOP")


def test_a_new_chat_is_the_persons_too(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation(store=pg)
    ana.says("Hi")
    ana.hears()
    take_over(database)
    before = ana.chat_id
    assert ana.says("/new") != before
    assert ana.hears() == []
    owner = "SELECT owner FROM users JOIN userchats ON user_id = customer_id"
    assert value(database, f"{owner} WHERE userchats.is_active") == "human"


def test_who_takes_over_while_the_llm_works_is_not_talked_over(
    database: Database, pg: PostgresChatStore
) -> None:
    def thought() -> str:
        take_over(database)
        return "Too late."

    ana = Conversation(thought, store=pg)
    ana.says("Where is my order?")
    assert ana.hears() == []
    assert ana.transcript == ["user: Where is my order?", TOLD]


@pytest.mark.parametrize("failure", [AWAY, REFUSED])
def test_no_notice_and_no_apology_either(
    database: Database, pg: PostgresChatStore, failure: Exception
) -> None:
    def failing() -> str:
        take_over(database)
        raise failure

    thought: Callable[[], str] = failing
    ana = Conversation(thought, store=pg)
    ana.says("Where is my order?", minutes=5)
    assert ana.hears() == []
    assert ana.bot_said == []


def test_what_always_fails_is_settled_in_silence(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation(store=pg)
    ana.says("Where is my order?")
    take_over(database)
    [reply] = ana.talk.give_up(ana.chat_id, "it always fails")
    assert reply.parts == ()
    assert ana.transcript[-1] == TOLD


def test_no_word_goes_into_a_chat_that_a_person_took_over_at_the_last_moment(
    database: Database, pg: PostgresChatStore
) -> None:
    question = said("Where is my order?")
    chat_id = take_in(pg, question)
    take_over(database)  # the answer is on its way to the store
    assert pg.record_reply(chat_id, answer_to(question)) == 0
    assert pg.record_reply(chat_id, notice_about(question)) == 0
    assert value(database, "SELECT count(*) FROM reply_parts") == 0
    assert pg.record_reply(chat_id, answer_to(question, parts=()))


def test_who_was_deactivated_while_the_llm_worked_gets_no_answer(
    database: Database, pg: PostgresChatStore
) -> None:
    def deactivated() -> str:
        change(database, "UPDATE users SET is_active = false")
        return "too late"

    ana = Conversation(deactivated, store=pg)
    ana.says("Hi")
    assert ana.hears() == []
    assert ana.last.content == sentences.NOT_ANSWERED_INACTIVE
    assert len(ana.thoughts.prompts) == 1


@pytest.mark.parametrize("stops", [True, False])
def test_typing_is_wanted_until_a_person_takes_over_or_the_user_stops(
    database: Database, pg: PostgresChatStore, stops: bool
) -> None:
    wanted = []

    def think() -> str:
        wanted.append(ana.wants_typing())
        if stops:
            ana.says("STOP")
        else:
            take_over(database)
        wanted.append(ana.wants_typing())
        return "Never said."

    ana = Conversation(think, store=pg)
    ana.says("Hi")
    ana.hears()
    assert wanted == [True, False]
    assert not ana.wants_typing(), "all is answered"
