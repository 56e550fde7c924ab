"""Transcripts for people: which chats are found, and that a stream stays one."""

import resource
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, exc

from db import schema
from db.errors import OperatorError
from db.operations.reading import reading
from db.operations.transcripts import (
    count_transcripts,
    find_chats,
    find_user_id,
    load_transcript,
    read_transcripts,
)
from db.postgres import PostgresChatStore
from tests.db.operations.past_chats import CLOSE, DAY, add_chat
from tests.db.sql import change, take_in
from tests.records import ANA, ANAS_ID, BEN, said

MANY = 600
BIG = """
INSERT INTO userchats (chat_id, customer_id, is_active, messages)
SELECT lpad(to_hex(n), 16, '0'), user_id, false, jsonb_build_array(jsonb_build_object(
  'role', 'user', 'content', repeat(md5(n::text), 1600)))
FROM users, generate_series(1, :many) AS n
"""


@pytest.fixture
def pg(engine: Engine) -> PostgresChatStore:
    return PostgresChatStore(engine, DAY)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection


def test_a_user_is_found_by_every_address(
    connection: Connection, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hello", ANA, other_address=ANAS_ID))
    take_in(pg, said("Hello", BEN))
    user_id = find_user_id(connection, ANA)
    assert find_user_id(connection, ANAS_ID) == user_id
    assert find_user_id(connection, ANA.removeprefix("whatsapp:")) == user_id
    assert find_user_id(connection, BEN) != user_id
    with pytest.raises(OperatorError, match=r"nobody wrote from whatsapp:\+1: `bot ch"):
        find_user_id(connection, "+1")


def test_chats_are_listed_the_last_changed_first(
    engine: Engine, connection: Connection
) -> None:
    archived = add_chat(engine, "one", hour=1, state="archived")
    active = add_chat(engine, "two", "three", hour=2, state="active")
    closed = add_chat(engine, hour=3)
    found = find_chats(connection, None, 9, only_active=False)
    assert [(line.chat_id, line.messages, line.last_message) for line in found] == [
        (closed, 0, None), (active, 2, "three"), (archived, 1, "one"),
    ]  # fmt: skip
    assert [line.archived for line in found] == [False, False, True]
    assert len(find_chats(connection, None, 2, only_active=False)) == 2
    (only,) = find_chats(connection, None, 9, only_active=True)
    assert only.chat_id == active


def test_chats_of_one_user_are_only_theirs(
    connection: Connection, pg: PostgresChatStore, engine: Engine
) -> None:
    first = take_in(pg, said("Hello", ANA))
    take_in(pg, said("Hello", BEN))
    change(engine, CLOSE)
    second = take_in(pg, said("Hello again", ANA))
    ana = find_user_id(connection, ANA)
    found = find_chats(connection, ana, 9, only_active=False)
    assert {line.chat_id for line in found} == {first, second}
    assert [chat.chat_id for chat in read_transcripts(connection, ana)] == [
        first, second,
    ]  # fmt: skip
    assert count_transcripts(connection, ana) == 2
    assert count_transcripts(connection, None) == 3


def test_a_transcript_is_found_by_the_beginning_of_its_id(
    engine: Engine, connection: Connection
) -> None:
    ids = [add_chat(engine, f"chat {n}", state="archived") for n in range(40)]
    transcript = load_transcript(connection, ids[0][:12])
    assert transcript.chat_id == ids[0]
    assert transcript.messages[0]["content"] == "chat 0"
    assert transcript.archived
    with pytest.raises(OperatorError, match="more than one chat_id begins with ''"):
        load_transcript(connection, "")
    with pytest.raises(OperatorError, match="no chat_id begins with 0123456789abcdef0"):
        load_transcript(connection, "0123456789abcdef0")
    for odd in ("%", "xyz", "A"):
        with pytest.raises(OperatorError, match="is no chat_id"):
            load_transcript(connection, odd)


def test_all_chats_come_once_the_oldest_first(
    engine: Engine, connection: Connection
) -> None:
    ids = [
        add_chat(engine, "hello", hour=hour, state=state)
        for hour, state in enumerate(["closed", "archived", "active"] * 10)
    ]
    assert [chat.chat_id for chat in read_transcripts(connection, None)] == ids


def test_transcripts_stream_and_are_not_gathered(
    engine: Engine, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))
    change(engine, "ALTER TABLE userchats DISABLE TRIGGER USER")
    change(engine, BIG, many=MANY)
    size = 0
    with reading(database_url) as connection:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for transcript in read_transcripts(connection, None):
            size += sum(len(message["content"]) for message in transcript.messages)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert size > 30_000_000
    assert grown * 1024 < size / 2


def test_a_reader_can_change_nothing(database_url: str) -> None:
    with reading(database_url) as connection, pytest.raises(exc.InternalError):
        connection.exec_driver_sql(CLOSE)


def test_a_reader_sees_one_moment(
    engine: Engine, database_url: str, pg: PostgresChatStore
) -> None:
    with reading(database_url) as connection:
        assert count_transcripts(connection, None) == 0
        take_in(pg, said("Hello"))
        assert count_transcripts(connection, None) == 0


def test_a_reader_is_told_that_the_database_is_behind(database_url: str) -> None:
    schema.downgrade(database_url, "0003")
    with (
        pytest.raises(OperatorError, match="run `bot db upgrade`"),
        reading(database_url),
    ):
        pass


def test_a_reader_waits_only_so_long(database_url: str) -> None:
    with (
        pytest.raises(OperatorError, match=r"took over 0 s .*: ask for less"),
        reading(database_url, most_seconds=0.1) as connection,
    ):
        connection.exec_driver_sql("SELECT pg_sleep(30)")
