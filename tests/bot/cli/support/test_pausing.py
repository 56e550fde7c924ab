"""`bot pause` and `bot resume` from the outside."""

from click.testing import CliRunner

from bot.cli import main
from db.database import Database
from tests.db.sql import value

PAUSED = "SELECT paused_at IS NOT NULL FROM first_start"


def run(url: str, command: str) -> str:
    done = CliRunner().invoke(main, [command], env={"DATABASE_URL": url})
    assert done.exit_code == 0, done.output
    return done.output


def test_answers_pause_and_go_on(database: Database, database_url: str) -> None:
    assert "nothing changed" in run(database_url, "resume")
    assert "`bot resume` ends it" in run(database_url, "pause")
    assert value(database, PAUSED) is True
    assert "nothing changed" in run(database_url, "pause")
    assert "answered first" in run(database_url, "resume")
    assert value(database, PAUSED) is False
