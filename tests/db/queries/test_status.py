"""What `bot db status` reads, also for those who may see little."""

import secrets
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.cli.show import describe_status
from db.address import parse_url, plain, with_login
from db.backups.manifest import path_of_manifest
from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.files import write_whole
from db.outbox import PostgresOutbox
from db.pool import Limits
from db.queries.status import Standby, read_status
from tests.db.backups.kept import manifest_of
from tests.db.parts import claim, replied
from tests.db.sql import change, opened, rows

DEFER = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, status)
    VALUES ('q', 't', %(status)s)
"""


def test_the_queue_is_counted_and_its_oldest_job_told(
    database: Database, tmp_path: Path
) -> None:
    for status in ("todo", "todo", "failed"):
        change(database, DEFER, status=status)
    change(
        database,
        "UPDATE procrastinate_jobs SET queued_at = now() - interval '1 hour',"
        " scheduled_at = now() - interval '90 s' WHERE id = 1",
    )
    found = read_status(database, tmp_path)
    assert found.queue == {"todo": 2, "failed": 1}
    assert found.oldest_waiting_job is not None
    assert 90 <= found.oldest_waiting_job < 3600
    assert any(
        "the oldest has waited for 1." in line for line in describe_status(found)
    )


def test_what_twilio_did_not_take_yet_is_told(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox, tmp_path: Path
) -> None:
    for body in ("refused for now", "never tried", "also refused"):
        (part,) = replied(pg, outbox, body, to=f"whatsapp:+1555{len(body):07}")
        if body != "never tried":
            claimed = claim(outbox, part)
            assert claimed
            outbox.release_part(claimed.part, 20003)
    found = read_status(database, tmp_path)
    assert found.kept_parts == 2
    told = "Not taken     2 messages, tried again: see logs"
    assert told in list(describe_status(found))


def test_a_transaction_that_stays_open_is_told(
    database: Database, tmp_path: Path
) -> None:
    assert read_status(database, tmp_path).oldest_transaction is None
    with database.transaction() as stays:
        stays.scalar("SELECT 1")
        found = read_status(database, tmp_path)
    assert found.oldest_transaction is not None
    assert found.oldest_transaction > 0
    assert found.connections >= 2


def test_sizes_and_rows_are_those_of_the_tables(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    # One connection: each one reports what it counted at its own next end.
    with opened(database_url, Limits(connections=1)) as session:
        change(
            session,
            "INSERT INTO users (phone_number)"
            " SELECT 'person ' || n FROM generate_series(1, 5000) AS n",
        )
        left = 5000 - change(
            session, "DELETE FROM users WHERE phone_number < 'person 2'"
        )
        rows(session, "SELECT pg_stat_force_next_flush()")
        change(session, "ANALYZE users")
    largest = read_status(database, tmp_path).tables[0]
    assert largest.table == "public.users"
    assert largest.rows == left
    assert largest.dead_rows == 5000 - left
    assert largest.bytes > 300_000


def test_who_may_see_little_sees_the_rest(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    role = f"curious_{secrets.token_hex(4)}"
    change(database, f"CREATE ROLE {role} LOGIN PASSWORD 'curious'")
    try:
        with opened(with_login(database_url, role, "curious")) as curious:
            found = read_status(curious, tmp_path)
    finally:
        change(database, f"DROP ROLE {role}")
    assert (found.queue, found.migration) == (None, None)
    assert found.bytes > 0
    assert "public.users" in {table.table for table in found.tables}
    lines = list(describe_status(found))
    assert "Queue         not to be seen" in lines


def test_the_last_backup_is_the_newest_of_this_database(
    database: Database, tmp_path: Path
) -> None:
    mine = database.name
    days = {
        "2026-11-23": mine,
        "2026-11-22": mine,
        "2026-11-24": "another",
        "9026-11-24": mine,
    }
    for day, name in days.items():
        dump = tmp_path / f"{day}.dump"
        dump.write_bytes(b"")
        noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        made = manifest_of(dump, database=name, created_at=noon)
        write_whole(path_of_manifest(dump), made.to_json())
    last = read_status(database, tmp_path).last_backup
    assert last is not None
    assert last.file == "2026-11-23.dump"


def test_standbys_and_what_restores_left_are_listed(
    database: Database, tmp_path: Path
) -> None:
    found = read_status(database, tmp_path)
    behind = Standby(name="replica", state="streaming", behind=2_500_000)
    more = replace(found, standbys=[behind], beside={"chats_before_1": 9_000_000})
    lines = list(describe_status(more))
    assert "Standby       replica, streaming, 2.5 MB behind" in lines
    assert "Beside it     chats_before_1, 9.0 MB, left by a restore" in lines


def test_a_server_that_is_away_is_told(database_url: str, tmp_path: Path) -> None:
    away = plain(parse_url(database_url).set(port=1))
    told = pytest.raises(OperatorError, match="asking the database failed")
    with opened(away) as database, told:
        read_status(database, tmp_path)
