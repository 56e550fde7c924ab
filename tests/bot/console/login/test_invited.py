"""Links of invitations, as people and mail scanners open them."""

import pytest

from db.database import Database
from db.logins.invitations import invite, invite_newcomer
from tests.bot.console.login.conftest import EMAIL, ORIGIN, Browser, build
from tests.db.logins.cheap import BETTER, GOOD, add_account
from tests.db.sql import change, value

USED = "SELECT count(*) FROM invitations WHERE used_at IS NOT NULL"


def link(database: Database, role: str = "supporter") -> str:
    with database.transaction() as connection:
        return f"/invitation/{invite(connection, EMAIL, role, name='Olga')}"


def newcomers_link(database: Database) -> str:
    with database.transaction() as connection:
        return f"/invitation/{invite_newcomer(connection)}"


def test_looking_uses_nothing_up_and_a_password_logs_in(
    visitor: Browser, database: Database
) -> None:
    path = link(database)
    for _ in range(3):
        shown = visitor.get(path)
        assert 'autocomplete="new-password"' in shown.text
    assert value(database, USED) == 0
    for password, again, told in (
        (GOOD, BETTER, "two different passwords"),
        ("short", "short", "12 characters"),
        ("olga@shop.example", "olga@shop.example", "easily guessed"),
    ):
        done = visitor.post(path, password=password, again=again)
        assert done.status_code == 400
        assert told in done.text
    done = visitor.post(path, password=GOOD, again=GOOD)
    assert (done.status_code, done.location) == (303, "/")
    assert visitor.get("/").text == "the inbox of Olga"
    gone = visitor.get(path)
    assert gone.status_code == 404
    assert "was used" in gone.text
    assert (
        visitor.post("/account", path, password=BETTER, again=BETTER).status_code == 404
    )


def test_a_link_to_who_has_a_second_factor_asks_for_the_code(
    visitor: Browser, database: Database
) -> None:
    olga = add_account(database)
    change(
        database,
        "INSERT INTO second_factors (user_id, secret, confirmed_at)"
        " VALUES (%(id)s, %(secret)s, now())",
        id=olga.user_id, secret="JBSWY3DPEHPK3PXP" * 2,
    )  # fmt: skip
    done = visitor.post(link(database), password=BETTER, again=BETTER)
    assert done.location == "/second-factor?after=/"
    assert visitor.cookie() is None


def test_the_link_of_make_run_logs_in_once_on_this_machine(
    visitor: Browser, database: Database
) -> None:
    path = newcomers_link(database)
    assert visitor.get(path).status_code == 403
    assert visitor.post("/login", path).status_code == 403
    visitor.from_where = "127.0.0.1"
    proxied = visitor.get(path, **{"X-Forwarded-For": "198.51.100.1"})
    assert proxied.status_code == 403
    assert "super_admin, once" in visitor.get(path).text
    assert value(database, USED) == 0
    assert visitor.post(path).location == "/"
    assert visitor.get("/").text == "the inbox of Owner"
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("origin", ["https://console.shop.example", "http://10.0.0.1"])
def test_the_link_of_make_run_is_dead_where_others_reach_the_console(
    database: Database, origin: str
) -> None:
    visitor = Browser(build(database, origin), origin)
    visitor.from_where = "127.0.0.1"
    assert visitor.get(newcomers_link(database)).status_code == 403


def test_a_page_of_a_link_tells_no_other_site_its_address(
    visitor: Browser, database: Database
) -> None:
    shown = visitor.get(link(database))
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert shown.headers["Cache-Control"] == "no-store"
    assert ORIGIN not in shown.text
