"""What `bot db status` reads, also for those who may see little."""

import secrets
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.cli.status_lines import describe
from db.engine import parse_url
from db.errors import OperatorError
from db.operations.manifest import path_of_manifest, write_whole
from db.operations.server import connect, connect_beside
from db.operations.status import Standby, read_status
from tests.db.operations.depot import manifest_of
from tests.db.sql import change

DEFER = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, status)
    VALUES ('q', 't', :status)
"""


def test_the_queue_is_counted_and_its_oldest_job_told(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    for status in ("todo", "todo", "failed"):
        change(engine, DEFER, status=status)
    change(
        engine,
        "UPDATE procrastinate_events SET at = now() - interval '90 s' WHERE job_id = 1",
    )
    found = read_status(database_url, tmp_path)
    assert found.queue == {"todo": 2, "failed": 1}
    assert found.oldest_waiting_job is not None
    assert 90 <= found.oldest_waiting_job < 3600
    assert any("the oldest has waited for 1." in line for line in describe(found))


def test_a_transaction_that_stays_open_is_told(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    assert read_status(database_url, tmp_path).oldest_transaction is None
    with connect(database_url) as stays:
        stays.execute("BEGIN")
        stays.execute("SELECT 1")
        found = read_status(database_url, tmp_path)
    assert found.oldest_transaction is not None
    assert found.oldest_transaction > 0
    assert found.connections >= 2


def test_sizes_and_rows_are_those_of_the_tables(
    database_url: str, tmp_path: Path
) -> None:
    with connect(database_url) as session:
        session.execute(
            "INSERT INTO users (phone_number)"
            " SELECT 'person ' || n FROM generate_series(1, 5000) AS n"
        )
        gone = "DELETE FROM users WHERE phone_number < 'person 2'"
        left = 5000 - session.execute(gone).rowcount
        session.execute("SELECT pg_stat_force_next_flush()")
        session.execute("ANALYZE users")
    largest = read_status(database_url, tmp_path).tables[0]
    assert largest.table == "public.users"
    assert largest.rows == left
    assert largest.dead_rows == 5000 - left
    assert largest.bytes > 300_000


def test_who_may_see_little_sees_the_rest(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    role = f"curious_{secrets.token_hex(4)}"
    with connect_beside(database_url) as beside:
        beside.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'curious'".encode())
        try:
            parsed = parse_url(database_url).set(username=role, password="curious")
            url = parsed.render_as_string(hide_password=False)
            found = read_status(url, tmp_path)
        finally:
            beside.execute(f"DROP ROLE {role}".encode())
    assert (found.queue, found.migration) == (None, None)
    assert found.bytes > 0
    assert "public.users" in {table.table for table in found.tables}
    lines = list(describe(found))
    assert "Queue         not to be seen" in lines


def test_the_last_backup_is_the_newest_of_this_database(
    database_url: str, tmp_path: Path
) -> None:
    name = parse_url(database_url).database
    days = {"2026-11-23": name, "2026-11-22": name, "2026-11-24": "another"}
    for day, database in days.items():
        dump = tmp_path / f"{day}.dump"
        dump.write_bytes(b"")
        noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        made = manifest_of(dump, database=database, created_at=noon)
        write_whole(path_of_manifest(dump), made.to_json())
    last = read_status(database_url, tmp_path).last_backup
    assert last is not None
    assert last.file == "2026-11-23.dump"


def test_standbys_and_what_restores_left_are_listed(
    database_url: str, tmp_path: Path
) -> None:
    found = read_status(database_url, tmp_path)
    behind = Standby(name="replica", state="streaming", behind=2_500_000)
    more = replace(found, standbys=[behind], beside={"chats_before_1": 9_000_000})
    lines = list(describe(more))
    assert "Standby       replica, streaming, 2.5 MB behind" in lines
    assert "Beside it     chats_before_1, 9.0 MB, left by a restore" in lines


def test_a_server_that_is_away_is_told(database_url: str, tmp_path: Path) -> None:
    away = parse_url(database_url).set(port=1).render_as_string(hide_password=False)
    with pytest.raises(OperatorError, match="asking the database failed"):
        read_status(away, tmp_path)
