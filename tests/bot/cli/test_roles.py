"""`bot db roles` from the outside: what it prints, and what it keeps to itself."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db import schema
from db.address import parse_url, with_login
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from tests.conftest import new_database, run_on_server
from tests.db.access.logins import gone_after, new_prefix, refusal, three_roles
from tests.db.sql import change, opened, take_in, value
from tests.records import ANA, answer_to, said

DENIED = "42501"
REFUSED_TO_READERS = (
    "users list",
    "users show 1",
    "chats list",
    "chats search bread",
    "stats",
    "retention run",
    "db upgrade",
    "db downgrade base --yes",
    "db reset --yes",
)


def run(url: str, *arguments: str) -> Result:
    environment = {"DATABASE_URL": url}
    return CliRunner().invoke(main, ["db", "roles", *arguments], env=environment)


def test_each_role_is_shown_with_its_purpose_and_a_url_that_works(
    database_url: str,
) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        done = run(database_url, "--prefix", prefix)
        assert done.exit_code == 0, done.output
        lines = done.output.splitlines()
        assert [line.partition(":")[0] for line in lines[0:8:2]] == [
            f"{prefix}_{role}" for role in ("owner", "app", "console", "readonly")
        ]
        owner, app, console, readonly = (line.strip() for line in lines[1:8:2])
        assert refusal(owner, "CREATE TABLE notes ()") is None
        assert refusal(app, "CREATE TABLE more_notes ()") == DENIED
        assert refusal(console, "DELETE FROM users") == DENIED
        assert refusal(readonly, "SELECT FROM chat_overview") is None


def test_what_readers_may_do_beyond_looking_is_told(
    database_url: str,
) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        told = run(database_url, "--prefix", prefix).stderr
        assert f"{prefix}_readonly may connect to further databases" in told
        assert "REVOKE CONNECT ON DATABASE" in told
        assert "large objects" not in told


def test_what_only_a_superuser_takes_from_readers_is_told(
    postgres: EmbeddedPostgres,
) -> None:
    admin, prefix = new_prefix(), new_prefix()
    run_on_server(postgres, f"CREATE ROLE {admin} LOGIN CREATEROLE PASSWORD 'x'")
    with new_database(postgres, f"OWNER {admin}") as root:
        url = with_login(root, admin, "x")
        with gone_after(root, admin), gone_after(root, prefix):
            with opened(url) as own:
                schema.upgrade(own)
            done = run(url, "--prefix", prefix)
            assert done.exit_code == 0, done.output
            assert f"{prefix}_readonly may store large objects" in done.stderr
            again = run(root, "--prefix", prefix)
            assert "large objects" not in again.stderr


def test_a_second_run_tells_no_password(database_url: str) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        run(database_url, "--prefix", prefix)
        again = run(database_url, "--prefix", prefix)
        assert again.output.count("its password stays") == 4
        assert "postgresql://" not in again.output
        anew = run(database_url, "--prefix", prefix, "--new-passwords")
        assert anew.output.count("postgresql://") == 4


def test_passwords_come_from_a_file_and_are_not_shown(
    database_url: str, tmp_path: Path
) -> None:
    prefix, file = new_prefix(), tmp_path / "passwords"
    file.write_text(f"# of the bot\n{prefix}_app = word=with-signs\n\n")
    with gone_after(database_url, prefix):
        done = run(database_url, "--prefix", prefix, "--password-file", str(file))
        assert done.exit_code == 0, done.output
        assert "word=with-signs" not in done.output
        before, _, after = database_url.partition("//")[2].rpartition("@")
        mine = f"postgresql://{prefix}_app:word=with-signs@{after}"
        assert before
        assert refusal(mine, "SELECT 1") is None


@pytest.mark.parametrize("text", ["bot_app\n", "=word\n", "bot_app=\n"])
def test_a_password_file_of_another_form_is_refused(
    database_url: str, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "passwords"
    file.write_text(text)
    done = run(database_url, "--password-file", str(file))
    assert done.exit_code == 1
    assert "bot_app=a-long-random-word" in done.output
    assert "Traceback" not in done.output


def test_print_changes_nothing(database: Database, database_url: str) -> None:
    prefix = new_prefix()
    done = run(database_url, "--prefix", prefix, "--print")
    assert done.exit_code == 0
    assert f"CREATE ROLE {prefix}_owner LOGIN;\n" in done.output
    assert "PASSWORD '" not in done.output
    query = "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, %(prefix)s)"
    assert value(database, query, prefix=prefix) == 0


@pytest.fixture
def readonly(database_url: str) -> Iterator[str]:
    """The role of people who only look."""
    with three_roles(database_url) as urls:
        yield urls["readonly"]


@pytest.fixture
def app(database: Database, database_url: str) -> Iterator[str]:
    """The bot's role, in a database with old and new rows for every command."""
    pg = PostgresChatStore(database, timedelta(days=1))
    question = said("Do you sell bread?")
    pg.record_reply(take_in(pg, question), answer_to(question))
    change(database, "UPDATE reply_parts SET status = 'read'")
    change(database, "UPDATE userchats SET is_active = false, messages = messages || "
                   "'[{\"role\": \"system\", \"content\": \"note\"}]'")  # fmt: skip
    change(database, "ALTER TABLE userchats DISABLE TRIGGER USER")
    for table, column in (("userchats", "updated_at"), ("userchats", "created_at"),
                          ("inbound_messages", "received_at")):  # fmt: skip
        change(database, f"UPDATE {table} SET {column} = '2020-01-01'")  # noqa: S608
    change(database, "ALTER TABLE userchats ENABLE TRIGGER USER")
    change(
        database, "INSERT INTO early_statuses VALUES ('SM1', 'sent', 0, '2020-01-01')"
    )
    with three_roles(database_url) as urls:
        yield urls["app"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("retention run", ""),
        ("retention run --dry-run", ""),
        ("stats", ""),
        ("chats list", "15551230001"),
        ("chats search bread", "bread"),
        ("chats export", "bread"),
        ("users list", "15551230001"),
        (f"users show {ANA}", "15551230001"),
        (f"users deactivate {ANA}", ""),
        (f"users export {ANA}", "bread"),
        (f"users erase {ANA} --yes", ""),
        ("db status", ""),
    ],
)
def test_commands_work_as_the_app_role(
    app: str, tmp_path: Path, command: str, told: str
) -> None:
    environment = {"DATABASE_URL": app, "DATA_FOLDER": str(tmp_path)}
    done = CliRunner().invoke(main, command.split(), env=environment)
    assert done.exit_code == 0, done.output
    assert told in done.output


def test_who_only_looks_is_told_which_role_may(readonly: str, tmp_path: Path) -> None:
    prefix = str(parse_url(readonly).username).removesuffix("_readonly")
    environment = {"DATABASE_URL": readonly, "DATA_FOLDER": str(tmp_path)}
    for command in REFUSED_TO_READERS:
        done = CliRunner().invoke(main, command.split(), env=environment)
        assert done.exit_code == 1, command
        assert f"{prefix}_readonly may not do this: {prefix}_app may" in done.output
        assert "InsufficientPrivilege" not in done.output
    done = CliRunner().invoke(main, ["db", "history"], env=environment)
    assert done.exit_code == 0, done.output
    assert "\n0001  " in done.output
    assert "the database is can't be seen" in done.output


def test_the_app_role_is_told_that_the_owner_may(app: str, tmp_path: Path) -> None:
    prefix = str(parse_url(app).username).removesuffix("_app")
    environment = {"DATABASE_URL": app, "DATA_FOLDER": str(tmp_path)}
    for command in ("backup", "reset --yes", "reset --yes --no-backup"):
        done = CliRunner().invoke(main, ["db", *command.split()], env=environment)
        assert done.exit_code == 1, command
        assert f"{prefix}_app may not do this: {prefix}_owner may" in done.output


def test_retention_as_the_app_role_does_its_work(
    app: str, database: Database, tmp_path: Path
) -> None:
    environment = {"DATABASE_URL": app, "DATA_FOLDER": str(tmp_path)}
    CliRunner().invoke(main, ["retention", "run"], env=environment)
    for table in ("userchats", "inbound_messages", "early_statuses"):
        assert value(database, f"SELECT count(*) FROM {table}") == 0  # noqa: S608
