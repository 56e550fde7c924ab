"""What people think of answers, kept with the answer that they mean."""

from dataclasses import replace

import pytest

from bot.chat.feedback import sentences
from bot.chat.handoff.policy import HandoffPolicy
from db.chats import PostgresChatStore
from db.database import Database
from db.memory.knowing import People
from tests.bot.chat.conversation import Conversation
from tests.db.sql import change, rows, value

UP, DOWN = "\U0001f44d", "\U0001f44e"
KEPT = "SELECT rating, text, reference_id::text, message_sid FROM feedback ORDER BY id"
Kept = tuple[int | None, str | None, str | None, str]


@pytest.fixture
def ana(database: Database, pg: PostgresChatStore) -> Conversation:
    ana = Conversation("Nine.", "Ten.", store=pg, handoff=HandoffPolicy())
    ana.talk = replace(ana.talk, know=People(database).know)
    return ana


def tell(ana: Conversation, text: str, **fields: str) -> str:
    ana.says(text, 0, **fields)
    return "\n".join(ana.hears())


def ask(ana: Conversation, text: str = "When do you open?") -> str:
    tell(ana, text)
    return str(ana.last.reference_id)


def test_a_thumbs_up_gets_a_note_and_no_call_of_the_llm(
    database: Database, ana: Conversation
) -> None:
    answer = ask(ana)
    assert tell(ana, f"{UP}\U0001f3fd {UP}") == ""
    assert (ana.last.role, ana.last.content) == ("system", sentences.NOTED)
    assert rows(database, KEPT) == [(1, None, answer, ana.sids[-1])]
    assert len(ana.thoughts.prompts) == 1
    ask(ana, "And on Sundays?")
    assert UP not in str(ana.thoughts.prompts[-1]), "nothing of it is in the talk"


def test_the_answer_that_is_quoted_is_meant_else_the_last_one(
    database: Database, ana: Conversation
) -> None:
    first, last = ask(ana), ask(ana, "And on Sundays?")
    sent = "UPDATE reply_parts SET message_sid = %(sid)s WHERE reference_id = %(first)s"
    change(database, sent, sid="SMfirst", first=first)
    tell(ana, UP, OriginalRepliedMessageSid="SMfirst")
    tell(ana, UP)
    tell(ana, DOWN)
    assert rows(database, KEPT) == [
        (1, None, first, ana.sids[-3]),
        (-1, None, last, ana.sids[-1]),
    ]


def test_a_thumbs_down_is_answered_and_the_second_calls_a_person(
    database: Database, ana: Conversation
) -> None:
    first = ask(ana)
    assert tell(ana, DOWN) == "Ten."
    second = str(ana.last.reference_id)
    assert "person of our team" in tell(ana, DOWN)
    assert rows(database, KEPT) == [
        (-1, None, first, ana.sids[-2]),
        (-1, None, second, ana.sids[-1]),
    ]
    assert value(database, "SELECT owner FROM users") == "queue"


def test_a_thumb_behind_a_question_answers_it_unless_it_is_set_on_it(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation("Shall I book it?", "Booked.", store=pg)
    ana.talk = replace(ana.talk, know=People(database).know)
    question = ask(ana, "A table for two")
    assert tell(ana, UP) == "Booked."
    assert rows(database, KEPT) == []
    change(database, "UPDATE reply_parts SET message_sid = 'SMq'"
           " WHERE reference_id = %(it)s", it=question)  # fmt: skip
    assert tell(ana, UP, OriginalRepliedMessageSid="SMq") == ""
    assert rows(database, KEPT) == [(1, None, question, ana.sids[-1])]


def test_a_thumb_behind_a_command_counts_for_nothing(
    database: Database, ana: Conversation
) -> None:
    answer = ask(ana)
    tell(ana, "/help")
    assert tell(ana, UP) == ""
    assert (ana.last.role, ana.last.content) == ("system", sentences.NOT_KEPT)
    assert len(ana.thoughts.prompts) == 1
    assert tell(ana, "/new").endswith("?")
    assert tell(ana, UP) == "Ten.", "it answers the question"
    assert rows(database, KEPT) == []
    sent = "UPDATE reply_parts SET message_sid = 'SMit' WHERE reference_id = %(it)s"
    change(database, sent, it=answer)
    tell(ana, "/help")
    tell(ana, UP, OriginalRepliedMessageSid="SMit")
    assert rows(database, KEPT) == [(1, None, answer, ana.sids[-1])]


def test_a_button_says_it_and_before_any_answer_a_thumb_is_talk(
    database: Database, ana: Conversation
) -> None:
    assert tell(ana, UP) == "Nine."
    tell(ana, "Great answer", ButtonPayload="feedback_up", ButtonText="Great answer")
    ((rating, *_),) = rows(database, KEPT)
    assert rating == 1


def test_words_are_kept_with_a_thumb_or_without(
    database: Database, ana: Conversation
) -> None:
    answer = ask(ana)
    assert tell(ana, "/feedback") == sentences.EMPTY
    assert tell(ana, "/feedback too\x00 slow\u202e") == sentences.THANKS
    assert tell(ana, f"/rückmeldung {DOWN} kalt") == sentences.THANKS
    words = [(rating, text, it) for rating, text, it, _ in rows(database, KEPT)]
    assert words == [(None, "too\ufffd slow\u202e", answer), (-1, "kalt", answer)]


def test_what_a_user_thinks_while_a_person_has_the_chat_is_kept_too(
    database: Database, ana: Conversation
) -> None:
    answer = ask(ana)
    change(database, "SELECT take_chat(chat_id) FROM userchats")
    assert tell(ana, UP) == ""
    assert rows(database, KEPT) == [(1, None, answer, ana.sids[-1])]


def test_an_answer_whose_id_was_edited_by_hand_stops_nobody(
    database: Database, ana: Conversation
) -> None:
    ask(ana)
    change(
        database,
        """UPDATE userchats SET messages =
      jsonb_set(messages, '{1,reference_id}', '"nonsense"')""",
    )
    assert tell(ana, UP) == "Ten."
    assert rows(database, KEPT) == []
