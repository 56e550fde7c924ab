"""`bot db upgrade|downgrade|history|status` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db import schema
from db.address import parse_url
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from tests.db.backups.kept import dump_of
from tests.db.sql import change, value

AHEAD = "UPDATE alembic_version SET version_num = '9999'"
USERS = "SELECT count(*) FROM users"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))


def run(url: str, *arguments: str, answer: str = "") -> Result:
    environment = {"DATABASE_URL": url}
    return CliRunner().invoke(main, ["db", *arguments], env=environment, input=answer)


def test_upgrade_tells_where_the_database_is(empty_database_url: str) -> None:
    done = run(empty_database_url, "upgrade", "0002")
    assert (done.exit_code, done.output) == (0, "The database is at migration 0002.\n")
    done = run(empty_database_url, "upgrade")
    assert done.output == f"The database is at migration {schema.head()}.\n"


def test_a_migration_that_is_not_there_is_told(database_url: str) -> None:
    for command in ("upgrade", "downgrade"):
        done = run(database_url, command, "7777")
        assert done.exit_code == 1
        assert "`bot db history` lists them" in done.output
        assert "Traceback" not in done.output


def test_a_database_ahead_is_left_alone(database: Database, database_url: str) -> None:
    change(database, AHEAD)
    for arguments in (["upgrade"], ["downgrade", "0001", "--yes"], ["reset", "--yes"]):
        done = run(database_url, *arguments)
        assert done.exit_code == 1
        assert "is at migration 9999" in done.output
        assert "start newer code" in done.output
    assert value(database, USERS) == 0
    assert (
        "at 9999, which this code does not know" in run(database_url, "history").output
    )
    assert (
        f"9999 (this code needs {schema.head()})" in run(database_url, "status").output
    )


def test_downgrade_names_what_goes_and_asks(
    database: Database, database_url: str
) -> None:
    asked = run(database_url, "downgrade", "0003", answer="n\n")
    assert asked.exit_code == 1
    assert "0004  The archive of closed chats, and the tombstones" in asked.output
    assert "Lost: archived chats, and the tombstones of erased people." in asked.output
    assert "0003" not in asked.output
    assert "That data is lost. Go on?" in asked.output
    assert schema.read_current(database) == schema.head()
    done = run(database_url, "downgrade", "0003", answer="y\n")
    assert done.output.endswith("The database is at migration 0003.\n")
    assert "Nothing to take back" in run(database_url, "downgrade", "0003").output
    done = run(database_url, "downgrade", "base", "--yes")
    assert done.output.endswith("The database is at migration none.\n")
    assert "run `bot db upgrade`" in run(database_url, "history").output


def test_downgrade_warns_of_no_loss_where_there_is_none(database_url: str) -> None:
    run(database_url, "downgrade", "0008", "--yes")
    asked = run(database_url, "downgrade", "0006", answer="n\n")
    assert "0007  What people who only look may see" in asked.output
    assert "Lost" not in asked.output
    assert "No data is lost. Go on?" in asked.output


def test_history_shows_where_the_database_is(
    database: Database, database_url: str
) -> None:
    schema.downgrade(database, "0002")
    _, *lines = run(database_url, "history").output.splitlines()
    assert len(lines) == len(schema.history())
    here = [line for line in lines if line.endswith(" <- the database")]
    assert [line[:4] for line in here] == ["0002"]


def test_status_shows_the_database(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    change(database, "INSERT INTO users (phone_number) VALUES ('ana')")
    change(
        database,
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('q', 't')",
    )
    before = run(database_url, "status").output
    assert "Last backup   none: `bot db backup` makes one" in before
    dump = dump_of(database, tmp_path / "backups")
    shown = run(database_url, "status").output
    assert "Server        PostgreSQL 16." in shown
    assert f"Migration     {schema.head()}\n" in shown
    assert "Queue         1 todo\n" in shown
    assert f"Last backup   {dump.name}" in shown
    assert "\nuserchats_archive " in shown


def test_status_for_programs(database: Database, database_url: str) -> None:
    change(database, "ANALYZE")
    told = json.loads(run(database_url, "status", "--json").output)
    assert told["database"] == parse_url(database_url).database
    assert told["migration"] == told["newest_migration"] == schema.head()
    assert told["bytes"] > 1_000_000
    assert told["max_connections"] == 200
    assert told["queue"] == {}
    assert told["standbys"] == []
    assert told["last_backup"] is None
    assert {"public.users", "public.userchats"} <= {t["table"] for t in told["tables"]}


def test_status_of_an_empty_database(empty_database_url: str) -> None:
    shown = run(empty_database_url, "status").output
    assert f"none, or not to be seen (this code needs {schema.head()})" in shown
    assert "Queue         not to be seen" in shown


COMMANDS = (
    "db upgrade",
    "db downgrade base",
    "db history",
    "db status",
    "db backup",
    "db roles",
    "db reset --yes",
    "users list",
    "chats list",
    "chats search bread",
    "stats",
    "retention run",
)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"port": 1}, "Connection refused: nothing listens there"),
        ({"password": "planted"}, "the server refuses the user or the password"),
        ({"database": "none"}, "the server has no database of that name"),
    ],
)
def test_every_command_says_why_it_cant_reach_the_database(
    changed: dict[str, Any], reason: str, postgres: EmbeddedPostgres
) -> None:
    parsed = parse_url(postgres.url)
    wrong = parsed.set(**changed).render_as_string(hide_password=False)
    for command in COMMANDS:
        done = CliRunner().invoke(main, command.split(), env={"DATABASE_URL": wrong})
        assert done.exit_code == 1, command
        assert reason in done.output, command
        for untold in (
            str(parsed.password),
            "planted",
            "Traceback",
            "OperationalError",
        ):
            assert untold not in done.output, command
