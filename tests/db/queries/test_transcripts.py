"""Transcripts for people: which chats are found, and that a stream stays one."""

import resource
from collections.abc import Iterator

import pytest

from db.chats import PostgresChatStore
from db.database import Connection, Database
from db.errors import OperatorError, StoreUnavailableError
from db.queries.people import find_person
from db.queries.transcripts import (
    count_transcripts,
    find_chats,
    load_transcript,
    read_transcripts,
)
from tests.db.queries.past_chats import CLOSE, NOON, add_chat, add_transcript
from tests.db.sql import change, take_in, value
from tests.records import ANA, ANAS_ID, BEN, said

MANY = 600
BIG = """
INSERT INTO userchats (chat_id, customer_id, is_active, messages)
SELECT lpad(to_hex(n), 16, '0'), user_id, false, jsonb_build_array(jsonb_build_object(
  'role', 'user', 'content', repeat(md5(n::text), 1600)))
FROM users, generate_series(1, %(many)s) AS n
"""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction() as connection:
        yield connection


def test_a_user_is_found_by_every_address(
    connection: Connection, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hello", ANA, other_address=ANAS_ID))
    take_in(pg, said("Hello", BEN))
    user_id = find_person(connection, ANA).user_id
    assert find_person(connection, ANAS_ID).user_id == user_id
    assert find_person(connection, ANA.removeprefix("whatsapp:")).user_id == user_id
    assert find_person(connection, BEN).user_id != user_id
    with pytest.raises(OperatorError, match=r"nobody has the address \+1: see `bot us"):
        find_person(connection, "+1")


def test_chats_are_listed_the_last_changed_first(
    database: Database, connection: Connection
) -> None:
    archived = add_chat(database, "one", hour=1, state="archived")
    active = add_chat(database, "two", "three", hour=2, state="active")
    closed = add_chat(database, hour=3)
    found = find_chats(connection, None, 9, only_active=False)
    assert [(line.chat_id, line.messages, line.last_message) for line in found] == [
        (closed, 0, None), (active, 2, "three"), (archived, 1, "one"),
    ]  # fmt: skip
    assert [line.archived for line in found] == [False, False, True]
    assert len(find_chats(connection, None, 2, only_active=False)) == 2
    (only,) = find_chats(connection, None, 9, only_active=True)
    assert only.chat_id == active


def test_chats_of_one_user_are_only_theirs(
    connection: Connection, pg: PostgresChatStore, database: Database
) -> None:
    first = take_in(pg, said("Hello", ANA))
    take_in(pg, said("Hello", BEN))
    change(database, CLOSE)
    second = take_in(pg, said("Hello again", ANA))
    ana = find_person(connection, ANA).user_id
    found = find_chats(connection, ana, 9, only_active=False)
    assert {line.chat_id for line in found} == {first, second}
    assert [chat.chat_id for chat in read_transcripts(connection, ana)] == [
        first, second,
    ]  # fmt: skip
    assert count_transcripts(connection, ana) == 2
    assert count_transcripts(connection, None) == 3


def test_a_transcript_is_found_by_the_beginning_of_its_id(
    database: Database, connection: Connection
) -> None:
    ids = [add_chat(database, f"chat {n}", state="archived") for n in range(40)]
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
    database: Database, connection: Connection
) -> None:
    ids = [
        add_chat(database, "hello", hour=hour, state=state)
        for hour, state in enumerate(["closed", "archived", "active"] * 10)
    ]
    assert [chat.chat_id for chat in read_transcripts(connection, None)] == ids


def test_transcripts_stream_and_are_not_gathered(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hello"))
    change(database, "ALTER TABLE userchats DISABLE TRIGGER USER")
    change(database, BIG, many=MANY)
    size = 0
    with database.reading() as connection:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for transcript in read_transcripts(connection, None):
            size += sum(len(message["content"]) for message in transcript.messages)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert size > 30_000_000
    assert grown * 1024 < size / 2


def test_a_reader_can_change_nothing(database: Database) -> None:
    refused = pytest.raises(StoreUnavailableError, match="only reading is allowed")
    with refused, database.reading() as connection:
        connection.count(CLOSE)


def test_a_reader_sees_one_moment(database: Database, pg: PostgresChatStore) -> None:
    with database.reading() as connection:
        assert count_transcripts(connection, None) == 0
        take_in(pg, said("Hello"))
        assert count_transcripts(connection, None) == 0


def test_a_reader_waits_only_so_long(database: Database) -> None:
    with (
        pytest.raises(OperatorError, match=r"took over 0 s .*: ask for less"),
        database.reading(seconds=0.1) as connection,
    ):
        connection.scalar("SELECT pg_sleep(30)")


def test_who_of_ours_wrote_is_named_and_who_is_gone_is_a_person(
    connection: Connection, database: Database
) -> None:
    olga = value(
        database,
        "INSERT INTO users (email, full_name, role)"
        " VALUES ('olga@shop.example', 'Olga', 'admin') RETURNING user_id",
    )
    gone = "00000000-0000-4000-8000-000000000000"
    authors = [str(olga), gone, "person", "'; DROP", None]
    turns = [
        {"role": "assistant", "content": "Hi", **({"author": a} if a else {})}
        for a in authors
    ]
    chat_id = add_transcript(database, turns, NOON, "active")
    found = load_transcript(connection, chat_id)
    told = [found.author_of(message) for message in found.messages]
    assert told == ["Olga", "a person", "a person", "a person", None]
