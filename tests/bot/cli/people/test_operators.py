"""`bot users invite` and its like, and `bot audit`, from the outside."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db.database import Database
from db.logins.invitations import find_invitation
from db.logins.sessions import find_session, open_session
from tests.db.logins.cheap import add_account
from tests.db.sql import change, value

EMAIL = "olga@shop.example"
NUMBER = "+15550009"


class Desk:
    """An operator's terminal."""

    def __init__(self, url: str, folder: Path) -> None:
        self._environment = {"DATABASE_URL": url, "DATA_FOLDER": str(folder)}

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env=self._environment)

    def says(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.exit_code == 0, done.output
        return done.stdout


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    return Desk(database_url, tmp_path)


def test_an_invitation_is_a_link_that_is_shown_once(
    desk: Desk, database: Database
) -> None:
    add = "INSERT INTO users (phone_number) VALUES (%(a)s)"
    change(database, add, a=f"whatsapp:{NUMBER}")
    said = desk.says(
        "users", "invite", EMAIL, "--role", "admin", "--phone", "1 555 0009",
        "--name", "Olga",
    )  # fmt: skip
    base, _, token = said.strip().rpartition("/")
    assert base == "http://127.0.0.1:8002/invitation"
    found = find_invitation(database, token)
    assert found is not None
    assert (found.email, found.name, found.role) == (EMAIL, "Olga", "admin")
    assert value(database, "SELECT count(*) FROM users") == 1
    for wrong, told in (
        (("--role", "king"), "king"),
        (("--role", "admin", "--phone", "+15550001"), "let them write once"),
    ):
        done = desk.run("users", "invite", EMAIL, *wrong)
        assert done.exit_code != 0
        assert told in done.output


def test_roles_log_ins_and_factors_are_looked_after(
    desk: Desk, database: Database
) -> None:
    olga = add_account(database)
    add_account(database, "super_admin", "eve@shop.example")
    token = open_session(database, olga.user_id, None, None)
    assert "nothing changed" in desk.says("users", "role", EMAIL, "supporter")
    assert find_session(database, token)
    assert "ended: 1." in desk.says("users", "log-out", EMAIL)
    assert find_session(database, token) is None
    assert "is admin from now on" in desk.says("users", "role", EMAIL.upper(), "admin")
    assert "has no second factor" in desk.says("users", "reset-factor", EMAIL)
    change(
        database,
        "INSERT INTO second_factors (user_id, secret, confirmed_at)"
        " VALUES (%(id)s, 'x', now())",
        id=olga.user_id,
    )
    desk.says("users", "invite", "nina@shop.example", "--role", "admin")
    listed = desk.says("users", "operators").splitlines()
    assert [line.split()[0][:4] for line in listed] == ["e-ma", "eve@", "nina", "olga"]
    assert listed[2].endswith("invited as admin")
    assert listed[3].split()[1:4] == ["Olga", "admin", "yes"]
    assert "no code any more" in desk.says("users", "reset-factor", EMAIL)
    last = desk.run("users", "role", "eve@shop.example", "user")
    assert last.exit_code == 1
    assert "invite another" in last.output
    assert "Nobody has this" in desk.run("users", "log-out", "x@y.example").output


def test_who_is_deactivated_is_logged_out_for_good(
    desk: Desk, database: Database
) -> None:
    olga = add_account(database)
    change(database, "UPDATE users SET phone_number = %(a)s", a=f"whatsapp:{NUMBER}")
    token = open_session(database, olga.user_id, None, None)
    desk.says("users", "deactivate", NUMBER)
    desk.says("users", "activate", NUMBER)
    assert find_session(database, token) is None


def test_the_audit_is_read_by_time_and_person(desk: Desk, database: Database) -> None:
    olga = add_account(database)
    desk.says("users", "role", EMAIL, "admin")
    change(
        database,
        "INSERT INTO audit_log (at, actor_id, action) VALUES"
        " (now() - interval '30 days', %(id)s, 'logged in'),"
        " (now() - interval '1 hour', %(id)s, 'logged out')",
        id=olga.user_id,
    )
    lines = desk.says("audit").splitlines()
    assert len(lines) == 3
    assert "logged out" in lines[1]
    assert "role changed" in lines[2]
    assert "from supporter, to admin" in lines[2]
    assert desk.says("audit", "--since", "30m", "--actor", EMAIL).count("\n") == 1
    rows = json.loads(desk.says("audit", "--json", "--since", "60d", "--actor", EMAIL))
    assert [row["action"] for row in rows] == ["logged out", "logged in"]
    assert rows[0]["actor"] == EMAIL
