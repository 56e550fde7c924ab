"""After a restore people are where they were: with whom they talk, who may log in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from db import schema
from db.database import Connection, Database
from db.delivery.pausing import pause, resume
from db.support.owners import change_owner
from tests.db.backups.kept import leaving_no_databases
from tests.db.backups.times import Times
from tests.db.parts import again, replied
from tests.db.sql import change, rows, take_in, value, values
from tests.records import ANA, BEN, said

OWNERS = "SELECT owner, owner_id FROM users WHERE role = 'user' ORDER BY phone_number"
ADD = """
INSERT INTO users (email, full_name, role, hashed_password, password_history)
VALUES (%(name)s || '@shop.example', %(name)s, %(role)s, 'old hash', '["older"]')
RETURNING user_id
"""
MAY = """
SELECT full_name, role, is_active, hashed_password FROM users
WHERE email IS NOT NULL ORDER BY full_name
"""


@pytest.fixture
def times(database: Database, tmp_path: Path) -> Iterator[Times]:
    with leaving_no_databases(database):
        yield Times(database, tmp_path)


def operator(times: Times, name: str, role: str = "supporter") -> UUID:
    found: UUID = value(times.database, ADD, name=name, role=role)
    return found


def person(times: Times, address: str) -> UUID:
    take_in(times.pg, said("Hello", address))
    query = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    found: UUID = value(times.database, query, address=address)
    return found


def test_a_chat_that_a_human_has_now_is_still_the_humans(times: Times) -> None:
    (part,) = replied(times.pg, times.outbox, "Yes.", to=ANA)
    times.back_up()
    olga = operator(times, "Olga")  # who is new since then, as Ben is
    for user_id in (part.user_id, person(times, BEN)):
        change_owner(times.database, user_id, "human", operator=olga, why="asked")
    before = rows(times.database, "SELECT owner_since, owner_version FROM users")
    times.restore()
    assert rows(times.database, OWNERS) == [("human", olga)] * 2
    after = rows(times.database, "SELECT owner_since, owner_version FROM users")
    assert set(after) == set(before)
    assert again(times.outbox, part).status == "canceled"
    tickets = "SELECT count(*) FROM support_tickets WHERE status = 'open'"
    assert value(times.database, tickets) == 2


def test_who_waits_in_the_queue_waits_on_and_operators_are_told(times: Times) -> None:
    ana = person(times, ANA)
    times.back_up()
    change_owner(times.database, ana, "queue", operator=None, why="asked")
    times.restore()
    assert rows(times.database, OWNERS) == [("queue", None)]
    assert value(
        times.database,
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'alert_operators'",
    )


def test_a_chat_that_was_given_back_since_is_the_bots(times: Times) -> None:
    ana = person(times, ANA)
    change_owner(times.database, ana, "human", operator=None, why="asked")
    times.back_up()
    change_owner(times.database, ana, "bot", operator=None, why="done")
    times.restore()
    assert rows(times.database, OWNERS) == [("bot", None)]


def test_who_may_log_in_is_who_may_now(times: Times) -> None:
    demoted, gone = operator(times, "Demoted", "super_admin"), operator(times, "Gone")
    left, renewed = operator(times, "Left"), operator(times, "Renewed")
    factor = "INSERT INTO second_factors (user_id, secret) VALUES (%(id)s, %(secret)s)"
    change(times.database, factor, id=renewed, secret="old")
    times.back_up()
    for statement in (
        "UPDATE users SET role = 'user' WHERE user_id = %(demoted)s",
        "DELETE FROM users WHERE user_id = %(gone)s",
        "UPDATE users SET is_active = false WHERE user_id = %(left)s",
        "UPDATE users SET hashed_password = 'new hash', email = 'r@shop.example'"
        " WHERE user_id = %(renewed)s",
        "UPDATE second_factors SET secret = 'new' WHERE user_id = %(renewed)s",
    ):
        change(times.database, statement, demoted=demoted, gone=gone, left=left,
               renewed=renewed)  # fmt: skip
    operator(times, "Zoe", "admin")
    times.restore()
    assert rows(times.database, MAY) == [
        ("Demoted", "user", True, None), ("Gone", "user", True, None),
        ("Left", "supporter", False, "old hash"),
        ("Renewed", "supporter", True, "new hash"), ("Zoe", "admin", True, "old hash"),
    ]  # fmt: skip
    assert values(times.database, "SELECT secret FROM second_factors") == ["new"]
    mail = "SELECT email FROM users WHERE user_id = %(id)s"
    assert value(times.database, mail, id=renewed) == "r@shop.example"


def test_who_was_deactivated_since_stays_so(times: Times) -> None:
    ana = person(times, ANA)
    times.back_up()
    change(times.database, "UPDATE users SET is_active = false")
    times.restore()
    assert rows(times.database, "SELECT user_id, is_active FROM users") == [
        (ana, False)
    ]


@pytest.mark.parametrize("is_lost", [True, False])
def test_no_log_in_and_no_invitation_comes_back(times: Times, is_lost: bool) -> None:
    olga = operator(times, "Olga")
    for statement in (
        "INSERT INTO login_sessions (token_hash, user_id) VALUES ('a', %(olga)s)",
        "INSERT INTO invitations (token_hash, user_id, role)"
        " VALUES ('a', %(olga)s, 'admin')",
    ):
        change(times.database, statement, olga=olga)
    times.back_up()
    if is_lost:
        times.lose_the_database()
    times.restore()
    assert value(times.database, "SELECT count(*) FROM login_sessions") == 0
    assert value(times.database, "SELECT count(*) FROM invitations") == 0
    assert values(times.database, "SELECT role FROM users") == ["supporter"]


def test_a_chat_that_an_older_database_had_handed_off_is_a_humans(
    times: Times,
) -> None:
    ana = person(times, ANA)
    times.back_up()
    schema.downgrade(times.database, "0025")
    change(times.database, """UPDATE userchats SET metadata = '{"handoff": true}'""")
    times.restore()
    assert rows(times.database, "SELECT user_id, owner FROM users") == [(ana, "human")]


FACT = """
INSERT INTO user_facts (user_id, kind, text, message_sid)
VALUES (%(user_id)s, 'person', %(text)s, 'SM1')
"""
FACTS = "SELECT text FROM user_facts ORDER BY 1"


def test_what_she_had_forgotten_since_is_not_known_again(times: Times) -> None:
    ana = person(times, ANA)
    for text in ("is vegan", "has two children"):
        change(times.database, FACT, user_id=ana, text=text)
    times.back_up()
    change(times.database, "DELETE FROM user_facts WHERE text LIKE 'has%%'")
    times.restore()
    assert values(times.database, FACTS) == ["is vegan"]


@pytest.mark.parametrize("since", [pause, resume], ids=["paused", "resumed"])
def test_answers_pause_as_they_do_now(
    times: Times, since: Callable[[Connection], bool]
) -> None:
    before = resume if since is pause else pause
    with times.database.transaction() as connection:
        before(connection)
    times.back_up()
    with times.database.transaction() as connection:
        assert since(connection)
    times.restore()
    paused = "SELECT paused_at IS NOT NULL FROM first_start"
    assert values(times.database, paused) == [since is pause]


def test_an_address_that_she_only_told_keeps_no_operator_out(times: Times) -> None:
    ana = person(times, ANA)
    told = (
        "UPDATE users SET email = 'Olga@shop.example', email_is_given = true "
        "WHERE user_id = %(ana)s"
    )
    change(times.database, told, ana=ana)
    times.back_up()
    change(times.database, "UPDATE users SET email = NULL, email_is_given = false")
    operator(times, "Olga", "admin")
    times.restore()
    query = "SELECT full_name, email, email_is_given FROM users WHERE email IS NOT NULL"
    assert rows(times.database, query) == [("Olga", "Olga@shop.example", False)]
    assert [row[1] for row in rows(times.database, MAY)] == ["admin"]
