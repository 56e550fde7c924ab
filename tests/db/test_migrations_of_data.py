"""Migrations of databases in which people have been: nothing of theirs is lost."""

from collections.abc import Iterator

import pytest

from db import schema
from db.database import Database
from tests.db.sql import change, opened, rows, values

# The migration that made the table, and a row for one person.
ROWS = (
    ("0001", "INSERT INTO users (phone_number) VALUES (%(address)s)"),
    (
        "0001",
        "INSERT INTO userchats (chat_id, customer_id, messages)"
        " SELECT %(chat_id)s, user_id, jsonb_build_array(jsonb_build_object("
        " 'role', 'user', 'content', phone_number,"
        " 'timestamp', '2026-11-24T12:00:00.000+00:00',"
        " 'message_sid', %(sid)s::text))"
        " FROM users WHERE phone_number = %(address)s",
    ),
    ("0001", "INSERT INTO inbound_messages VALUES (%(sid)s, %(address)s)"),
    (
        "0001",
        "INSERT INTO reply_parts"
        " (reference_id, chat_id, user_id, position, address, body, message_sid)"
        " SELECT gen_random_uuid(), %(chat_id)s, user_id, 0, %(address)s, 'Yes.',"
        " %(sid)s FROM users WHERE phone_number = %(address)s",
    ),
    (
        "0001",
        "INSERT INTO opt_outs (user_id)"
        " SELECT user_id FROM users WHERE phone_number = %(address)s",
    ),
    (
        "0001",
        "INSERT INTO user_aliases (address, user_id)"
        " SELECT phone_number || 'x', user_id FROM users"
        " WHERE phone_number = %(address)s",
    ),
    (
        "0002",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock)"
        " VALUES ('answers', 'answer_chat', %(address)s)",
    ),
    (
        "0003",
        "INSERT INTO early_statuses (message_sid, status) VALUES (%(sid)s, 'sent')",
    ),
    (
        "0004",
        "INSERT INTO userchats_archive (chat_id, customer_id, messages)"
        " SELECT chat_id, customer_id, messages FROM userchats"
        " WHERE chat_id = %(chat_id)s",
    ),
    ("0004", "INSERT INTO erasures (address_hash) VALUES (%(address)s)"),
)


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    with opened(empty_database_url) as database:
        yield database


def revisions() -> list[str]:
    return [migration.revision for migration in schema.history()]


def fill_as_of(database: Database, revision: str) -> None:
    """Put a person's data into every table that there is at a revision."""
    number = int(revision)
    known = {
        "address": f"whatsapp:+1555000{number:04}",
        "chat_id": f"{number:016x}",
        "sid": f"SM{number:032x}",
    }
    for since, statement in ROWS:
        if since <= revision:
            change(database, statement, **known)


def count_people(database: Database) -> list[tuple[str, int]]:
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
    return [(address, count) for address, count in rows(database, query)]


def test_what_is_stored_at_any_migration_survives_those_after_it(
    empty: Database,
) -> None:
    for revision in revisions():
        schema.upgrade(empty, revision)
        fill_as_of(empty, revision)
    everybody = [(f"whatsapp:+1555000{int(r):04}", 4) for r in revisions()]
    assert count_people(empty) == everybody
    said = "SELECT messages -> 0 ->> 'content' FROM userchats ORDER BY chat_id"
    assert values(empty, said) == [address for address, _ in everybody]
    since_then = (
        "SELECT (SELECT count(*) FROM {}) AS one, (SELECT count(*) FROM {}) AS two"
    )
    tables = since_then.format("early_statuses", "userchats_archive")
    assert rows(empty, tables) == [(len(everybody) - 2, len(everybody) - 3)]
    assert schema.find_fault(empty) is None


def test_what_is_stored_survives_the_way_back_to_where_it_could_be(
    empty: Database,
) -> None:
    schema.upgrade(empty)
    fill_as_of(empty, schema.head())
    there = count_people(empty)
    for revision in revisions()[-2::-1]:
        schema.downgrade(empty, revision)
        assert count_people(empty) == there
    schema.upgrade(empty)
    assert count_people(empty) == there


def test_no_job_waits_that_the_code_of_before_knows_nothing_of(
    database: Database,
) -> None:
    job = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES "
    change(
        database,
        f"{job} ('knowledge', 'take_in_document'), ('alerts', 'alert_operators'),"
        " ('upkeep', 'end_takeovers'), ('answers', 'a')",
    )
    schema.downgrade(database, "0021")
    queues = "SELECT queue_name FROM procrastinate_jobs"
    assert values(database, queues) == ["answers"]


def test_since_when_a_job_waits_is_known_up_and_down(empty: Database) -> None:
    schema.upgrade(empty, "0016")
    fill_as_of(empty, "0016")
    change(empty, "UPDATE procrastinate_events SET at = '2026-11-24'")
    schema.upgrade(empty, "0019")
    since = values(empty, "SELECT queued_at FROM procrastinate_jobs")
    assert since == values(empty, "SELECT at FROM procrastinate_events")
    change(empty, "DELETE FROM procrastinate_events")  # as it is for younger jobs
    schema.downgrade(empty, "-1")
    noted = rows(empty, "SELECT type::text, at FROM procrastinate_events")
    assert noted == [("deferred", *since)]


def test_whose_chat_a_person_has_stays_theirs_up_and_down(empty: Database) -> None:
    schema.upgrade(empty, "0025")
    fill_as_of(empty, "0025")
    marked = "UPDATE userchats SET metadata = '{\"handoff\": true}'"
    change(empty, marked)
    schema.upgrade(empty, "0026")
    taken = "SELECT owner, owner_reason FROM users"
    assert rows(empty, taken) == [("human", "metadata.handoff")]
    assert values(empty, "SELECT metadata FROM userchats") == [{}]
    schema.downgrade(empty, "0025")
    assert values(empty, "SELECT is_handed_off(metadata) FROM userchats") == [True]
    schema.upgrade(empty, "0026")
    assert rows(empty, taken) == [("human", "metadata.handoff")]
