"""`bot retention` from the outside."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from bot.cli import main
from db.chats import PostgresChatStore
from db.database import Database
from tests.db.privacy.aging import active, answered, archived, closed, grow_old
from tests.records import ANA, BEN


@pytest.fixture
def session_timeout() -> timedelta:
    return timedelta(days=10_000)


def run(url: str, *arguments: str, **settings: str) -> list[list[str]]:
    """Return the lines that `bot retention run` prints, as words."""
    environment = {"DATABASE_URL": url, **settings}
    command = ["retention", "run", *arguments]
    done = CliRunner().invoke(main, command, env=environment)
    assert done.exit_code == 0, done.output
    return [line.split() for line in done.output.splitlines()]


def test_a_dry_run_tells_and_a_run_does(
    database_url: str, database: Database, pg: PostgresChatStore
) -> None:
    grow_old(database, answered(pg, ANA), 31)
    old = closed(pg, database, 91, BEN)
    title, *told = run(database_url, "--dry-run")
    assert "nothing was changed" in " ".join(title)
    assert told[0] == ["step", "rows", "after"]
    assert ["idle", "chats", "closed", "1", "30", "days"] in told
    assert ["closed", "chats", "archived", "1", "90", "days"] in told
    assert archived(database) == []
    assert run(database_url) == told
    assert archived(database) == [old]
    assert active(database) == []


def test_the_settings_decide(
    database_url: str, database: Database, pg: PostgresChatStore
) -> None:
    grow_old(database, answered(pg, ANA), 31)
    told = run(database_url, RETENTION_CLOSE_IDLE_DAYS="32", RETENTION_ARCHIVE_DAYS="0")
    assert ["idle", "chats", "closed", "0", "32", "days"] in told
    assert ["closed", "chats", "archived", "never"] in told
    assert len(active(database)) == 1


def test_a_database_that_is_away_is_told_of_without_a_stack_trace() -> None:
    url = "postgresql://bot@127.0.0.1:9/nowhere"
    done = CliRunner().invoke(main, ["retention", "run"], env={"DATABASE_URL": url})
    assert done.exit_code == 1
    assert "the database can't be reached" in done.output
    assert "Traceback" not in done.output
