"""People change rows in psql while the bot works: it takes them as they are."""

from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import errors

from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from db.records import EPOCH, Turn
from tests.db.sql import change, load, take_in, value, values
from tests.records import answer_to, said

ODD_ELEMENTS = {
    "nothing but a role": '{"role": "user"}',
    "no timestamp": '{"role": "assistant", "content": "by hand"}',
    "no content": '{"role": "assistant", "timestamp": "2026-01-01T00:00:00Z"}',
    "words for numbers": """
        {"role": "assistant", "tokens_used": "many", "response_time": true}""",
    "numbers for words": """
        {"role": "user", "content": 1, "message_sid": 2, "error": 3, "command": 4}""",
    "lists for words": '{"role": "user", "content": ["a"], "message_sid": []}',
    "words for lists": """
        {"role": "user", "media": "x", "in_reply_to": "SM1", "notice_for": {"a": 1}}""",
    "odd lists": """
        {"role": "user", "media": [1, {}], "in_reply_to": [null, [1], "SM1"]}""",
    "a field of their own": '{"role": "user", "content": "x", "looked_at_by": "Eve"}',
}
# What databases may hold that are older than the constraint, and what it becomes.
MENDED = {
    '"a note by hand"': {"role": "system", "content": "a note by hand"},
    "null": {"role": "system", "content": ""},
    "42": {"role": "system", "content": "42"},
    '[{"role": "user"}]': {"role": "system", "content": '[{"role": "user"}]'},
    "{}": {"role": "user"},
    '{"role": "operator", "content": "me"}': {"role": "user", "content": "me"},
    '{"role": ["user"]}': {"role": "user"},
    '{"role": "assistant", "content": 1}': {"role": "assistant", "content": 1},
}


def append_by_hand(database: Database, element: str) -> None:
    appended = "messages || jsonb_build_array(%(element)s::jsonb)"
    change(database, f"UPDATE userchats SET messages = {appended}", element=element)  # noqa: S608


def test_a_chat_closed_in_the_middle_of_an_answer_still_gets_it(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("a question")
    old = take_in(pg, message)
    change(
        database,
        "UPDATE userchats SET is_active = false WHERE chat_id = %(id)s",
        id=old,
    )
    new = take_in(pg, said("the next question"))
    assert pg.record_reply(old, answer_to(message))
    assert new != old
    assert len(load(pg, old).turns) == 2
    assert len(load(pg, new).turns) == 1
    assert value(database, "SELECT chat_id FROM reply_parts") == old
    assert values(database, "SELECT chat_id FROM userchats WHERE is_active") == [new]


def test_a_chat_closed_by_hand_and_nothing_else_is_just_closed(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("a question")
    chat_id = take_in(pg, message)
    change(database, "UPDATE userchats SET is_active = false")
    assert pg.record_reply(chat_id, answer_to(message))
    assert not load(pg, chat_id).is_active


@pytest.mark.parametrize("kind", ODD_ELEMENTS)
def test_an_odd_element_harms_neither_reading_nor_answering(
    database: Database, pg: PostgresChatStore, kind: str
) -> None:
    first, second = said("before"), said("after")
    chat_id = take_in(pg, first)
    append_by_hand(database, ODD_ELEMENTS[kind])
    assert take_in(pg, second) == chat_id
    unanswered = load(pg, chat_id).unanswered()
    assert {first.turn.content, second.turn.content} <= {t.content for t in unanswered}
    assert pg.record_reply(chat_id, answer_to(first, error="the LLM is away"))
    assert not pg.record_reply(chat_id, answer_to(first, second))
    assert pg.record_reply(chat_id, answer_to(second))
    assert load(pg, chat_id).unanswered() == ()
    stored = value(database, "SELECT messages -> 1 FROM userchats")
    assert stored == value(
        database, "SELECT %(element)s::jsonb", element=ODD_ELEMENTS[kind]
    )


def test_what_was_odd_before_the_constraint_is_mended(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("before"))
    schema.downgrade(database, "0004")
    for element in MENDED:
        append_by_hand(database, element)
    last_message = value(database, "SELECT updated_at FROM userchats")
    schema.upgrade(database)
    assert value(database, "SELECT messages FROM userchats")[1:] == [*MENDED.values()]
    assert value(database, "SELECT updated_at FROM userchats") == last_message
    assert take_in(pg, said("after")) == chat_id


def test_a_message_taken_out_by_hand_is_not_taken_in_again(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("something private")
    chat_id = take_in(pg, message)
    change(database, "UPDATE userchats SET messages = '[]'")
    assert load(pg, chat_id).unanswered() == ()
    assert not pg.record_inbound(message).is_new


def test_marking_a_message_as_answered_by_hand_settles_it(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hello")
    chat_id = take_in(pg, message)
    append_by_hand(
        database,
        f'{{"role": "system", "content": "", "in_reply_to": "{message.message_sid}"}}',
    )
    assert load(pg, chat_id).unanswered() == ()
    assert not pg.record_reply(chat_id, answer_to(message))


@pytest.mark.parametrize(
    ("timestamp", "read_as"),
    [
        ("2026-01-02T03:04:05.678+00:00", datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)),
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, 0, UTC)),
        ("2026-01-02 03:04:05", datetime(2026, 1, 2, 3, 4, 5, 0, UTC)),
        ("2026-01-02T05:04:05+02:00", datetime(2026, 1, 2, 3, 4, 5, 0, UTC)),
        ("yesterday", EPOCH),
        (None, EPOCH),
        (1767322800, EPOCH),
    ],
)
def test_a_timestamp_is_always_a_moment(timestamp: Any, read_as: datetime) -> None:
    assert Turn.from_json({"timestamp": timestamp}).timestamp == read_as


def test_a_turn_is_the_same_after_writing_and_reading() -> None:
    turn = Turn(
        role="assistant",
        content="Hello",
        timestamp=datetime(2026, 1, 2, 3, 4, 5, 678000, UTC),
        message_sid="SM1",
        media=({"type": "image/png", "url": "https://example.com"},),
        reference_id="a-reference",
        in_reply_to=("SM2", "SM3"),
        notice_for=("SM4",),
        command="help",
        opt_out_type="STOP",
        model="a-model",
        tokens_used=7,
        response_time=0.25,
        error="none, really",
    )
    assert Turn.from_json(turn.to_json()) == turn


def test_what_is_not_known_is_not_written() -> None:
    turn = Turn(role="user", content="", timestamp=EPOCH)
    assert turn.to_json() == {
        "role": "user",
        "content": "",
        "timestamp": "1970-01-01T00:00:00.000+00:00",
    }


@pytest.mark.parametrize("mark", ["true", "false", '"yes"'])
def test_who_marks_a_handoff_in_the_metadata_is_told_what_does_it_now(
    database: Database, pg: PostgresChatStore, mark: str
) -> None:
    chat_id = take_in(pg, said("Hi"))
    marked = f"""metadata || '{{"handoff": {mark}}}'"""
    with pytest.raises(errors.CheckViolation, match="handoff_by_take_chat"):
        change(database, f"UPDATE userchats SET metadata = {marked}")  # noqa: S608
    change(database, "SELECT take_chat(%(id)s)", id=chat_id)
    assert load(pg, chat_id).owner == "human"
    change(database, "SELECT give_chat(%(id)s)", id=chat_id)
    assert load(pg, chat_id).owner == "bot"
