"""Migrations up and down, alone and at once, on empty and on full databases."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import exc

from db import schema
from db.address import parse_url
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.programs import bin_folder
from db.errors import OperatorError
from tests.db.sql import change, opened, rows, take_in, value, values
from tests.records import ANA, ANAS_ID, answer_to, said

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)
STORED = """
SELECT format('%s.%s', relname, attname) FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
  AND relnamespace::regnamespace::text IN ('public', 'procrastinate')
"""
# The upgrade makes them from what is there, or they say how far something has come.
MADE_AGAIN = {
    "userchats.search_tsv",
    "userchats_archive.search_tsv",
    "chats_to_index.table_name",
    "chats_to_index.after_chat_id",
    "reply_parts.unsettled",
    "procrastinate_jobs.queued_at",
    "retention_places.table_name",
    "retention_places.after_created_at",
    "retention_places.after_chat_id",
}


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    walk = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in walk][::-1]


def dump(url: str) -> str:
    """The whole schema as SQL: tables, indexes, triggers, comments, the queue's too."""
    parsed = parse_url(url)
    shown = parsed.set(drivername="postgresql")._replace(password=None)
    command = [str(bin_folder() / "pg_dump"), "--schema-only", shown.render_as_string()]
    environment = {**os.environ, "PGPASSWORD": parsed.password or ""}
    run = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    )
    # Newer ones write a random key in the first and the last of their commands.
    lines = run.stdout.splitlines()
    return "\n".join(line for line in lines if "restrict" not in line)


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    with opened(empty_database_url) as database:
        yield database


def fill(database: Database) -> None:
    """Put something into every table."""
    pg = PostgresChatStore(database, DAY)
    message = said("Hello", ANA, other_address=ANAS_ID, profile_name="Ana")
    assert pg.record_reply(take_in(pg, message), answer_to(message, opts_out=True))


def test_the_migrations_are_numbered_one_by_one() -> None:
    assert revisions() == [f"{n:04}" for n in range(1, len(revisions()) + 1)]
    files = sorted((schema.MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert [file.name[:4] for file in files] == revisions()
    assert schema.head() == revisions()[-1]
    assert all(schema.knows(revision) for revision in (None, *revisions()))
    assert [migration.revision for migration in schema.history()] == revisions()


def test_every_migration_goes_down_and_up_again(empty: Database) -> None:
    before = None
    for revision in revisions():
        schema.upgrade(empty, revision)
        after = dump(empty.url)
        schema.downgrade(empty, "-1")
        if before is not None:
            assert dump(empty.url) == before
        schema.upgrade(empty, "+1")
        assert dump(empty.url) == after
        before = after


def test_each_migration_tells_whether_going_back_loses_data(database: Database) -> None:
    dropping = []
    for migration in schema.history()[::-1]:
        before = set(values(database, STORED))
        schema.downgrade(database, "-1")
        if before - set(values(database, STORED)) - MADE_AGAIN:
            dropping.append(migration.revision)
    losing = [m.revision for m in schema.history() if m.loses]
    assert losing == dropping[::-1]
    for file in sorted((schema.MIGRATIONS / "versions").glob("[0-9]*.py")):
        assert "\nLOSES = " in file.read_text(), f"{file.name}: LOSES = … or None"


def test_every_migration_goes_down_and_up_on_a_database_full_of_data(
    database: Database,
) -> None:
    fill(database)
    at_head = dump(database.url)
    for _ in revisions():
        schema.downgrade(database, "-1")
    query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    assert values(database, query + " AND relkind = 'r'") == ["alembic_version"]
    assert "procrastinate" not in dump(database.url)
    schema.upgrade(database)
    assert dump(database.url) == at_head
    fill(database)


def test_the_queue_may_go_down_and_up_while_the_chats_stay(database: Database) -> None:
    fill(database)
    schema.downgrade(database, "0001")
    assert len(value(database, "SELECT messages FROM userchats")) == 2
    schema.upgrade(database)
    assert value(database, "SELECT count(*) FROM procrastinate_jobs") == 0
    assert len(value(database, "SELECT messages FROM userchats")) == 2


def test_upgrading_an_upgraded_database_changes_nothing(database: Database) -> None:
    fill(database)
    before = dump(database.url)
    schema.upgrade(database)
    assert dump(database.url) == before
    assert value(database, "SELECT count(*) FROM users") == 1


def test_two_upgrades_at_once_are_one(empty: Database, empty_database_url: str) -> None:
    upgrade = (
        "import sys; from db import schema; from db.database import Database; "
        "schema.upgrade(Database(sys.argv[1]))"
    )
    command = [sys.executable, "-c", upgrade, empty_database_url]
    both = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert schema.find_fault(empty) is None


def test_an_upgrade_that_fails_leaves_nothing(empty: Database) -> None:
    change(empty, "CREATE SCHEMA procrastinate")  # in the way of the last migration
    with pytest.raises(exc.ProgrammingError, match="already exists"):
        schema.upgrade(empty)
    assert rows(empty, "SELECT FROM pg_tables WHERE schemaname = 'public'") == []
    change(empty, "DROP SCHEMA procrastinate")
    schema.upgrade(empty)
    assert schema.find_fault(empty) is None


def test_a_database_url_as_heroku_writes_it_is_fine(
    empty: Database, empty_database_url: str
) -> None:
    with opened(empty_database_url.replace("postgresql://", "postgres://")) as heroku:
        schema.upgrade(heroku)
    assert schema.find_fault(empty) is None


def test_an_unmigrated_database_is_a_fault_that_says_what_to_do(
    empty: Database,
) -> None:
    fault = schema.find_fault(empty)
    assert fault is not None
    assert "migration none" in fault
    assert f"needs {schema.head()}: run `bot db upgrade`" in fault


def test_a_database_behind_is_a_fault(database: Database) -> None:
    schema.downgrade(database, "-1")
    assert f"is at migration {revisions()[-2]}" in str(schema.find_fault(database))


def test_a_database_ahead_is_a_fault_that_an_older_code_does_not_mend(
    database: Database,
) -> None:
    change(database, "UPDATE alembic_version SET version_num = '9999'")
    fault = schema.find_fault(database)
    assert fault is not None
    assert "is at migration 9999" in fault
    assert "newer code" in fault


def test_a_process_starts_only_at_its_own_migration(
    database: Database, database_url: str
) -> None:
    schema.require_current(database)
    schema.downgrade(database, "-1")
    with pytest.raises(OperatorError, match="run `bot db upgrade`"):
        schema.require_current(database)
    change(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OperatorError, match="start newer code"):
        schema.require_current(database)
    for run in (schema.upgrade, schema.downgrade):
        with pytest.raises(OperatorError, match="start newer code"):
            run(database, "0001")
    port = urlsplit(database_url).port
    with opened(database_url.replace(f":{port}/", ":1/")) as away:
        told = schema.require_current(away)  # may come back
    assert told is not None
    assert "can't be reached: Connection refused" in told


def test_a_queue_that_is_gone_is_a_fault(database: Database) -> None:
    change(database, "DROP SCHEMA procrastinate CASCADE")
    assert "queue" in str(schema.find_fault(database))


def test_a_database_that_is_away_is_a_fault_that_tells_no_password(
    database_url: str,
) -> None:
    port = urlsplit(database_url).port
    with opened(database_url.replace(f":{port}/", ":1/")) as away:
        fault = schema.find_fault(away)
    assert fault is not None
    assert "can't be reached" in fault
    assert (urlsplit(database_url).password or "-") not in fault


def test_a_migrated_database_has_no_fault(database: Database) -> None:
    assert schema.find_fault(database) is None
