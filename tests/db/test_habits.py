"""What people are used to typing into psql: it runs as written, the bot goes on."""

from datetime import timedelta

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from tests.db.sql import change, load, rows, take_in, value, values
from tests.records import ANA, BEN, answer_to, said

USERS = """
SELECT user_id, phone_number, full_name, is_active, created_at
FROM users ORDER BY created_at DESC;
"""
CHATS_OF_A_USER = """
SELECT chat_id, is_active, jsonb_array_length(messages) AS message_count,
       created_at, updated_at
FROM userchats
WHERE customer_id = (SELECT user_id FROM users
                     WHERE phone_number = 'whatsapp:+15551230001')
ORDER BY created_at DESC;
"""
MESSAGES_OF_A_CHAT = """
SELECT jsonb_array_elements(messages) FROM userchats WHERE chat_id = %(chat_id)s;
"""
COUNTS = """
SELECT u.phone_number, u.full_name, COUNT(c.chat_id) AS chats,
       COALESCE(SUM(jsonb_array_length(c.messages)), 0) AS messages
FROM users u LEFT JOIN userchats c ON c.customer_id = u.user_id
GROUP BY u.user_id ORDER BY messages DESC;
"""
CLOSE_OLD_CHATS = """
UPDATE userchats SET is_active = false
WHERE created_at < NOW() - INTERVAL '30 days' AND is_active = true;
"""


@pytest.fixture
def session_timeout() -> timedelta:
    return timedelta(days=365)


def age(database: Database, chat_id: str) -> None:
    """Make a chat as old as a forgotten one."""
    change(
        database,
        "UPDATE userchats SET created_at = now() - interval '31 days' "
        "WHERE chat_id = %(chat_id)s",
        chat_id=chat_id,
    )


def test_users_newest_first(database: Database, pg: PostgresChatStore) -> None:
    take_in(pg, said("Hello", ANA, profile_name="Ana"))
    take_in(pg, said("Hi", BEN, profile_name="Ben"))
    assert [row[1:4] for row in rows(database, USERS)] == [
        (BEN, "Ben", True),
        (ANA, "Ana", True),
    ]


def test_a_users_chats_with_their_lengths(
    database: Database, pg: PostgresChatStore
) -> None:
    first = said("Hello", ANA)
    old = take_in(pg, first)
    assert pg.record_reply(old, answer_to(first))
    new = take_in(pg, said("/new", ANA, opens_chat=True))
    take_in(pg, said("Hi", BEN))
    assert [row[:3] for row in rows(database, CHATS_OF_A_USER)] == [
        (new, True, 1),
        (old, False, 2),
    ]


def test_the_messages_of_a_chat(database: Database, pg: PostgresChatStore) -> None:
    message = said("Do you sell bread?")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message, text="We do."))
    said_so_far = values(database, MESSAGES_OF_A_CHAT, chat_id=chat_id)
    assert [(m["role"], m["content"]) for m in said_so_far] == [
        ("user", "Do you sell bread?"),
        ("assistant", "We do."),
    ]


def test_counts_of_chats_and_messages_by_user(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("one", ANA, profile_name="Ana"))
    take_in(pg, said("two", ANA, opens_chat=True))
    take_in(pg, said("three", ANA))
    take_in(pg, said("Hi", BEN, profile_name="Ben"))
    assert rows(database, COUNTS) == [(ANA, "Ana", 2, 3), (BEN, "Ben", 1, 1)]


def test_closing_old_chats_spares_the_young_ones(
    database: Database, pg: PostgresChatStore
) -> None:
    old, young = take_in(pg, said("Hello", ANA)), take_in(pg, said("Hi", BEN))
    age(database, old)
    assert change(database, CLOSE_OLD_CHATS) == 1
    assert values(database, "SELECT chat_id FROM userchats WHERE is_active") == [young]


def test_after_closing_old_chats_the_next_message_opens_a_new_one(
    database: Database, pg: PostgresChatStore
) -> None:
    question = said("a question")
    old = take_in(pg, question)
    age(database, old)
    change(database, CLOSE_OLD_CHATS)  # while the answer is being made
    next_question = said("the next question")
    new = take_in(pg, next_question)
    assert pg.record_reply(old, answer_to(question))
    assert pg.record_reply(new, answer_to(next_question))
    assert new != old
    assert load(pg, old).unanswered() == load(pg, new).unanswered() == ()
    assert value(database, "SELECT count(*) FROM reply_parts") == 2
