"""First start, update from a superuser alone, second start: the roles are there."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from db import schema
from db.access.installing import install
from db.address import with_login
from db.errors import OperatorError
from tests.db.access.logins import gone_after, new_prefix, refusal
from tests.db.sql import change, opened, value, values

DENIED = "42501"
ANA = """
    INSERT INTO users (user_id, phone_number)
    VALUES (gen_random_uuid(), 'whatsapp:+15550001')
"""
OWNERS = """
    SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname IN ('public', 'procrastinate', 'masked')
"""


class Installation:
    """A database of the superuser's, and the passwords of its four roles."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.prefix = new_prefix()
        names = [
            f"{self.prefix}_{role}" for role in ("owner", "app", "console", "readonly")
        ]
        self.passwords = {name: secrets.token_hex(8) for name in names}

    def start(self) -> None:
        with opened(self.url) as database:
            install(database, self.prefix, self.passwords, "head")

    def login(self, role: str) -> str:
        name = f"{self.prefix}_{role}"
        return with_login(self.url, name, self.passwords[name])

    def assert_bounded(self) -> None:
        """Everything is the owner's, and each role may do what is its own."""
        with opened(self.url) as database:
            assert values(database, OWNERS) == [f"{self.prefix}_owner"]
            assert schema.read_current(database) == schema.head()
        app = self.login("app")
        assert refusal(app, "UPDATE users SET full_name = full_name") is None
        assert refusal(app, "CREATE TABLE notes ()") == DENIED
        assert refusal(app, "DELETE FROM erasures") == DENIED
        readonly = self.login("readonly")
        assert refusal(readonly, "SELECT FROM masked.chat_overview") is None
        assert refusal(readonly, "SELECT FROM public.users") == DENIED
        assert refusal(self.login("owner"), "TRUNCATE users CASCADE") is None


@pytest.fixture
def installed(empty_database_url: str) -> Iterator[Installation]:
    found = Installation(empty_database_url)
    with gone_after(empty_database_url, found.prefix):
        yield found


def test_a_first_and_a_second_start(installed: Installation) -> None:
    installed.start()
    installed.assert_bounded()
    installed.passwords[f"{installed.prefix}_app"] = "another-one"
    installed.start()
    installed.assert_bounded()


@pytest.mark.parametrize("revision", ["0006", "0007", "head"])
def test_an_update_takes_over_what_the_superuser_made(
    installed: Installation, revision: str
) -> None:
    with opened(installed.url) as database:
        schema.upgrade(database, revision)
        change(database, ANA)
    installed.start()
    with opened(installed.url) as database:
        assert value(database, "SELECT count(*) FROM users") == 1
    installed.assert_bounded()


def test_a_start_that_broke_off_is_made_whole_by_the_next(
    installed: Installation,
) -> None:
    refused = pytest.raises(OperatorError, match="no way to migration 9999")
    with opened(installed.url) as database, refused:
        install(database, installed.prefix, installed.passwords, "9999")
    installed.start()
    installed.assert_bounded()


def test_a_missing_password_is_told_before_anything_is_made(
    empty_database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "bot_owner").write_text("a-word\n")
    (tmp_path / "bot_app").write_text(" \n")
    command = ["db", "upgrade", "--roles-from", str(tmp_path)]
    done = CliRunner().invoke(main, command, env={"DATABASE_URL": empty_database_url})
    assert done.exit_code == 1
    assert f"{tmp_path / 'bot_app'} must be a file with the password" in done.output
    with opened(empty_database_url) as database:
        assert schema.read_current(database) is None
