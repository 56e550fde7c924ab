"""Connections: every wait on the server is bounded, and the URL's own wishes hold."""

import re
from contextlib import closing
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from db.address import parse_url
from db.database import Database
from db.outages import LostConnectionError
from db.pool import Limits, conninfo
from tests.db.sql import end_backend, opened, rows, value
from tests.house import ROOT

LIMITS = Limits(connections=1, statement_seconds=1.5)
PID = "SELECT pg_backend_pid()"
SHOWN = {
    "search_path": "public,procrastinate",
    "statement_timeout": "1500ms",
    "idle_in_transaction_session_timeout": "10s",
    "application_name": "whatsapp-bot",
}


@pytest.mark.parametrize("setting", SHOWN)
def test_every_connection_has_its_bounds(database_url: str, setting: str) -> None:
    database = Database(database_url, LIMITS)
    assert value(database, f"SHOW {setting}") == SHOWN[setting]
    database.close()


@pytest.mark.parametrize("setting", SHOWN)
def test_the_queues_connections_have_the_same(database_url: str, setting: str) -> None:
    with psycopg.connect(conninfo(database_url, LIMITS)) as connection:
        shown = connection.execute(f"SHOW {setting}".encode()).fetchone()
    assert shown == (SHOWN[setting],)


PLANS = """
SELECT custom_plans, generic_plans FROM pg_prepared_statements
WHERE statement LIKE 'SELECT phone_number %'
"""
BY_KEY = "SELECT phone_number FROM users WHERE user_id = %(user_id)s"


@pytest.mark.parametrize(("plans_once", "plans"), [(True, [(0, 4)]), (False, [])])
def test_what_goes_by_keys_is_planned_at_its_first_use(
    database_url: str, plans_once: bool, plans: list[tuple[int, int]]
) -> None:
    database = Database(database_url, replace(LIMITS, plans_once=plans_once))
    for number in range(4):
        assert rows(database, BY_KEY, user_id=UUID(int=number)) == []
    assert rows(database, PLANS) == plans
    database.close()


def test_what_one_pool_lost_the_other_one_knows(
    database: Database, database_url: str
) -> None:
    with opened(database_url, LIMITS) as pooled, closing(pooled.apart(LIMITS)) as other:
        before = {value(pooled, PID), value(other, PID)}
        assert len(before) == 2
        for pid in before:
            end_backend(database, pid)
        with pytest.raises(LostConnectionError):
            value(pooled, PID)
        assert not {value(other, PID), value(pooled, PID)} & before


def test_options_of_the_url_are_kept(database_url: str) -> None:
    url = f"{database_url}?options=-cwork_mem%3D8MB&sslmode=disable"
    database = Database(url, LIMITS)
    assert value(database, "SHOW work_mem") == "8MB"
    assert value(database, "SHOW search_path") == SHOWN["search_path"]
    database.close()
    with psycopg.connect(conninfo(url, LIMITS)) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("8MB",)


def test_a_password_of_odd_characters_survives() -> None:
    parsed = parse_url("postgres://bot:p%40ss%2Fw%25rd%20%F0%9F%91%8B@db/chats")
    assert parsed.password == "p@ss/w%rd 👋"
    text = conninfo("postgres://bot:p%40ss%2Fw%25rd%20x@db/chats")
    assert psycopg.conninfo.conninfo_to_dict(text)["password"] == "p@ss/w%rd x"


def test_no_setting_outlives_its_transaction() -> None:
    """A pooler gives a connection to others as it was left."""
    files = [f for f in (ROOT / "db").rglob("*.py") if "migrations" not in f.parts]
    kept = re.compile(r"""["']SET \w+ (?:TO|=) """)
    assert [file.name for file in files if kept.search(file.read_text())] == []


def test_a_pooler_gets_nothing_that_is_of_a_session(database_url: str) -> None:
    url = f"{database_url}?pgbouncer=true"
    assert "options" not in conninfo_to_dict(conninfo(url, LIMITS))
    with psycopg.connect(conninfo(url, LIMITS)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    database = Database(url, LIMITS)
    for _ in range(
        10
    ):  # in transactions of their own, the last ones prepared elsewhere
        prepared = value(database, "SELECT count(*) FROM pg_prepared_statements")
    assert prepared == 0
    database.close()
