"""Taking messages in, as PostgreSQL shows it afterwards."""

import re
from datetime import timedelta

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from tests.db.sql import change, load, rows, take_in, value, values
from tests.records import ANA, ANAS_ID, answer_to, said

TIMEOUT = timedelta(minutes=30)
TEXTS = {
    "quotes": 'it\'s "quoted" and `ticked`; DROP TABLE users; --',
    "backslashes": r"C:\new\table \u0041 \\ \0 %s %(sid)s :turn {} $1",
    "emoji": "👋🏽 grüße 家族 👨\u200d👩\u200d👧\u200d👦 \u202ereversed",
    "lines": "one\r\ntwo\tthree\n\n  ",
    "empty": "",
    "long": "0123456789abcdef" * 3840,
}


@pytest.fixture
def session_timeout() -> timedelta:
    return TIMEOUT


@pytest.fixture
def idle_chat(database: Database, pg: PostgresChatStore) -> str:
    """A chat whose last message is an hour old: the trigger would say now."""
    chat_id = take_in(pg, said("an hour ago"))
    change(database, "ALTER TABLE userchats DISABLE TRIGGER userchats_updated_at")
    change(database, "UPDATE userchats SET updated_at = now() - interval '1 hour'")
    change(database, "ALTER TABLE userchats ENABLE TRIGGER userchats_updated_at")
    return chat_id


def test_what_is_stored_reads_well_in_psql(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hello", profile_name="Ana")
    chat_id = take_in(pg, message)
    assert rows(database, "SELECT phone_number, full_name, is_active FROM users") == [
        (ANA, "Ana", True)
    ]
    assert re.fullmatch("[0-9a-f]{16}", chat_id)
    (element,) = value(database, "SELECT messages FROM userchats")
    assert element == {
        "role": "user",
        "content": "Hello",
        "timestamp": message.turn.timestamp.isoformat(timespec="milliseconds"),
        "message_sid": message.message_sid,
    }
    assert element["timestamp"].endswith("+00:00")
    assert rows(database, "SELECT message_sid, address FROM inbound_messages") == [
        (message.message_sid, ANA)
    ]


def test_the_profile_name_updates_the_users_name(
    database: Database, pg: PostgresChatStore
) -> None:
    names = ["Ana", "Ana María", None, 'Robert"); DROP TABLE users; --']
    seen = []
    for name in names:
        take_in(pg, said("Hello", profile_name=name))
        seen.append(value(database, "SELECT full_name FROM users"))
    assert seen == ["Ana", "Ana María", "Ana María", names[-1]]


def test_a_repeated_message_does_not_even_rename(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hello", profile_name="Ana")
    take_in(pg, message)
    sid = message.message_sid
    repeated = said("Hello", ANA, message_sid=sid, profile_name="Eve")
    assert not pg.record_inbound(repeated).is_new
    stranger = said("Hello", "whatsapp:+19990001111", message_sid=sid)
    assert not pg.record_inbound(stranger).is_new
    assert values(database, "SELECT full_name FROM users") == ["Ana"]


def test_further_addresses_are_aliases_of_one_user(
    database: Database, pg: PostgresChatStore
) -> None:
    for _ in range(2):
        take_in(pg, said("Hello", ANA, other_address=ANAS_ID))
    assert rows(database, "SELECT address, phone_number FROM user_aliases, users") == [
        (ANAS_ID, ANA)
    ]


def test_a_reply_goes_to_the_address_that_its_message_came_from(
    database: Database, pg: PostgresChatStore
) -> None:
    first = said("by number", ANA, other_address=ANAS_ID)
    last = said("by id", ANAS_ID)
    chat_id = take_in(pg, first)
    take_in(pg, last)
    assert pg.record_reply(chat_id, answer_to(first, last, parts=("a", "b")))
    query = "SELECT position, address, body, status FROM reply_parts ORDER BY sequence"
    assert rows(database, query) == [
        (0, ANAS_ID, "a", "pending"),
        (1, ANAS_ID, "b", "pending"),
    ]


@pytest.mark.parametrize("kind", TEXTS)
def test_any_text_comes_back_as_it_was_written(
    pg: PostgresChatStore, kind: str
) -> None:
    message = said(TEXTS[kind])
    chat_id = take_in(pg, message)
    reply = answer_to(message, text=TEXTS[kind], error=TEXTS[kind])
    assert pg.record_reply(chat_id, reply)
    question, answer = load(pg, chat_id).turns
    assert question.content == answer.content == TEXTS[kind]
    assert question.error == TEXTS[kind]


def test_what_postgresql_cannot_hold_is_replaced(pg: PostgresChatStore) -> None:
    message = said("NUL \x00, half \ud83d, whole 😀")
    chat_id = take_in(pg, message)
    reply = answer_to(message, text="\x00", parts=(), error="half \udc4b of a pair")
    assert pg.record_reply(chat_id, reply)
    question, answer = load(pg, chat_id).turns
    assert question.content == "NUL �, half �, whole 😀"
    assert question.error == "half � of a pair"
    assert answer.content == "�"


def test_after_the_session_timeout_a_new_chat_is_opened(
    database: Database, pg: PostgresChatStore, idle_chat: str
) -> None:
    new = take_in(pg, said("now"))
    assert new != idle_chat
    assert take_in(pg, said("and now")) == new
    query = "SELECT chat_id, is_active FROM userchats"
    assert dict(rows(database, query)) == {idle_chat: False, new: True}


def test_an_idle_chat_stays_open_for_a_repeated_message(
    pg: PostgresChatStore, idle_chat: str
) -> None:
    (turn,) = load(pg, idle_chat).turns
    assert not pg.record_inbound(said("again", message_sid=turn.message_sid)).is_new
    assert load(pg, idle_chat).is_active


def test_an_answer_keeps_a_chat_from_being_idle(
    pg: PostgresChatStore, idle_chat: str
) -> None:
    message = load(pg, idle_chat).unanswered()[0]
    late = said("late", message_sid=message.message_sid)
    assert pg.record_reply(idle_chat, answer_to(late))
    assert take_in(pg, said("thank you")) == idle_chat


def test_a_deactivated_users_messages_are_stored_all_the_same(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hello"))
    change(database, "UPDATE users SET is_active = false")
    chat = load(pg, take_in(pg, said("Anybody there?")))
    assert not chat.user_is_active
    assert len(chat.turns) == 2


def test_erasing_a_user_leaves_nothing_but_the_key_against_repeats(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hello", ANA, other_address=ANAS_ID)
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message, opts_out=True))
    change(database, "DELETE FROM users")
    for table in ("userchats", "user_aliases", "opt_outs", "reply_parts"):
        assert value(database, f"SELECT count(*) FROM {table}") == 0  # noqa: S608
    assert pg.load_chat(chat_id) is None
    assert not pg.record_inbound(message).is_new
