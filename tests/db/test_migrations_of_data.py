"""Migrations of databases in which people have been: nothing of theirs is lost."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from db import schema
from db.engine import build_engine
from tests.db.sql import change, rows, values

# The migration that made the table, and a row for one person.
ROWS = (
    ("0001", "INSERT INTO users (phone_number) VALUES (:address)"),
    (
        "0001",
        "INSERT INTO userchats (chat_id, customer_id, messages)"
        " SELECT :chat_id, user_id, jsonb_build_array(jsonb_build_object("
        " 'role', 'user', 'content', phone_number,"
        " 'timestamp', '2026-11-24T12:00:00.000+00:00',"
        " 'message_sid', CAST(:sid AS text)))"
        " FROM users WHERE phone_number = :address",
    ),
    ("0001", "INSERT INTO inbound_messages VALUES (:sid, :address)"),
    (
        "0001",
        "INSERT INTO reply_parts"
        " (reference_id, chat_id, user_id, position, address, body, message_sid)"
        " SELECT gen_random_uuid(), :chat_id, user_id, 0, :address, 'Yes.', :sid"
        " FROM users WHERE phone_number = :address",
    ),
    (
        "0001",
        "INSERT INTO opt_outs (user_id)"
        " SELECT user_id FROM users WHERE phone_number = :address",
    ),
    (
        "0001",
        "INSERT INTO user_aliases (address, user_id)"
        " SELECT phone_number || 'x', user_id FROM users WHERE phone_number = :address",
    ),
    (
        "0002",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock)"
        " VALUES ('answers', 'answer_chat', :address)",
    ),
    ("0003", "INSERT INTO early_statuses (message_sid, status) VALUES (:sid, 'sent')"),
    (
        "0004",
        "INSERT INTO userchats_archive (chat_id, customer_id, messages)"
        " SELECT chat_id, customer_id, messages FROM userchats"
        " WHERE chat_id = :chat_id",
    ),
    ("0004", "INSERT INTO erasures (address_hash) VALUES (:address)"),
)


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Engine]:
    engine = build_engine(empty_database_url)
    yield engine
    engine.dispose()


def revisions() -> list[str]:
    return [migration.revision for migration in schema.history()]


def fill_as_of(engine: Engine, revision: str) -> None:
    """Put a person's data into every table that there is at a revision."""
    number = int(revision)
    known = {
        "address": f"whatsapp:+1555000{number:04}",
        "chat_id": f"{number:016x}",
        "sid": f"SM{number:032x}",
    }
    for since, statement in ROWS:
        if since <= revision:
            change(engine, statement, **known)


def count_people(engine: Engine) -> list[tuple[str, int]]:
    """Return each person's address, and how many rows hang on it."""
    query = """
        SELECT phone_number,
          (SELECT count(*) FROM userchats JOIN reply_parts USING (chat_id)
           WHERE customer_id = users.user_id)
          + (SELECT count(*) FROM inbound_messages WHERE address = phone_number)
          + (SELECT count(*) FROM opt_outs WHERE user_id = users.user_id)
          + (SELECT count(*) FROM user_aliases WHERE user_id = users.user_id)
        FROM users ORDER BY 1
    """
    return [(address, count) for address, count in rows(engine, query)]


def test_what_is_stored_at_any_migration_survives_those_after_it(
    empty: Engine, empty_database_url: str
) -> None:
    for revision in revisions():
        schema.upgrade(empty_database_url, revision)
        fill_as_of(empty, revision)
    everybody = [(f"whatsapp:+1555000{int(r):04}", 4) for r in revisions()]
    assert count_people(empty) == everybody
    said = "SELECT messages -> 0 ->> 'content' FROM userchats ORDER BY chat_id"
    assert values(empty, said) == [address for address, _ in everybody]
    since_then = "SELECT (SELECT count(*) FROM {}), (SELECT count(*) FROM {})"
    tables = since_then.format("early_statuses", "userchats_archive")
    assert rows(empty, tables) == [(len(everybody) - 2, len(everybody) - 3)]
    assert schema.find_fault(empty) is None


def test_what_is_stored_survives_the_way_back_to_where_it_could_be(
    empty: Engine, empty_database_url: str
) -> None:
    schema.upgrade(empty_database_url)
    fill_as_of(empty, schema.head())
    there = count_people(empty)
    for revision in revisions()[-2::-1]:
        schema.downgrade(empty_database_url, revision)
        assert count_people(empty) == there
    schema.upgrade(empty_database_url)
    assert count_people(empty) == there
