"""Whose a restored database is, and who may do what in it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db import schema
from db.engine import parse_url
from db.errors import OperatorError
from db.operations.restore import restore
from db.operations.server import connect, connect_beside, database_of, with_database
from tests.db.operations.depot import (
    databases_beside,
    dump_of,
    leaving_no_databases,
    order_of,
)
from tests.db.roles import refusal, three_roles
from tests.db.sql import change

DENIED = "42501"


@pytest.fixture(autouse=True)
def swept(database_url: str) -> Iterator[None]:
    with leaving_no_databases(database_url):
        yield


@pytest.fixture
def dump(database_url: str, tmp_path: Path) -> Path:
    return dump_of(database_url, tmp_path)


SETTINGS = """
    CREATE ROLE {role};
    ALTER DATABASE {name} SET search_path = public, procrastinate;
    ALTER DATABASE {name} SET work_mem = '5MB';
    ALTER ROLE {role} IN DATABASE {name} SET statement_timeout = '7s';
    REVOKE CONNECT ON DATABASE {name} FROM PUBLIC;
    GRANT CONNECT ON DATABASE {name} TO {role} WITH GRANT OPTION;
    COMMENT ON DATABASE {name} IS 'It''s the bot''s.';
    ALTER DATABASE {name} OWNER TO {role}
"""
LIKENESS = """
    SELECT pg_get_userbyid(datdba), datcollate, shobj_description(oid, 'pg_database'),
      (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(datacl) AS acl),
      (SELECT array_agg((setrole, setconfig)::text ORDER BY setrole)
       FROM pg_db_role_setting WHERE setdatabase = pg_database.oid)
    FROM pg_database WHERE datname = %s
"""
BACK = "ALTER DATABASE {0} OWNER TO bot; REVOKE ALL ON DATABASE {0} FROM {1}"


def test_the_new_database_is_like_the_old_one(database_url: str, dump: Path) -> None:
    name, role = database_of(database_url), f"role_{secrets.token_hex(4)}"
    with connect_beside(database_url) as beside:
        for statement in SETTINGS.format(name=name, role=role).split(";\n"):
            beside.execute(statement.encode())
        before = beside.execute(LIKENESS, [name]).fetchall()
        outcome = restore(database_url, order_of(dump))
        try:
            assert beside.execute(LIKENESS, [name]).fetchall() == before
            assert beside.execute(LIKENESS, [outcome.before]).fetchall() == before
        finally:
            for database in (name, outcome.before):
                for statement in BACK.format(database, role).split("; "):
                    beside.execute(statement.encode())
            beside.execute(f"DROP ROLE {role}".encode())


def test_owners_and_grants_come_back_where_their_roles_are(
    database_url: str, tmp_path: Path
) -> None:
    reader = f"reader_{secrets.token_hex(4)}"
    granted = f"SELECT has_table_privilege('{reader}', 'users', 'SELECT')".encode()
    with connect(database_url) as connection:
        connection.execute(f"CREATE ROLE {reader}".encode())
        connection.execute(f"GRANT SELECT ON users TO {reader}".encode())
    dump = dump_of(database_url, tmp_path)
    assert restore(database_url, order_of(dump)).missing_roles == []
    with connect(database_url) as connection:
        assert connection.execute(granted).fetchall() == [(True,)]
        connection.execute(f"DROP OWNED BY {reader}".encode())
    with leaving_no_databases(database_url):
        pass  # in the one before it the role is granted something as well
    with connect_beside(database_url) as beside:
        beside.execute(f"DROP ROLE {reader}".encode())
    outcome = restore(database_url, order_of(dump))
    assert outcome.missing_roles == [reader]


def test_a_role_that_may_not_create_databases_is_told_what_to_do(
    engine: Engine, database_url: str, dump: Path
) -> None:
    role = f"modest_{secrets.token_hex(4)}"
    with connect_beside(database_url) as beside:
        beside.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'modest'".encode())
        try:
            parsed = parse_url(database_url).set(username=role, password="modest")
            url = parsed.render_as_string(hide_password=False)
            with pytest.raises(OperatorError, match=f'ALTER ROLE "{role}" CREATEDB'):
                restore(url, order_of(dump))
        finally:
            beside.execute(f"DROP ROLE {role}".encode())
    assert databases_beside(database_url) == []
    change(engine, "DELETE FROM users")  # writes go on


@contextmanager
def owned_database(url: str) -> Iterator[tuple[str, str]]:
    """Yield the URL of a database whose owner is no superuser, and the owner."""
    owner = f"owner_{secrets.token_hex(4)}"
    with connect_beside(url) as beside:
        beside.execute(f"CREATE ROLE {owner} LOGIN CREATEDB PASSWORD 'w'".encode())
        beside.execute(f"CREATE DATABASE {owner} OWNER {owner}".encode())
        parsed = parse_url(url).set(username=owner, password="w", database=owner)
        try:
            yield parsed.render_as_string(hide_password=False), owner
        finally:
            with leaving_no_databases(with_database(url, owner)):
                beside.execute(f"DROP DATABASE {owner} WITH (FORCE)".encode())
            beside.execute(f"DROP ROLE {owner}".encode())


def test_an_owner_who_is_no_superuser_can_do_all_of_it(
    database_url: str, tmp_path: Path
) -> None:
    with owned_database(database_url) as (url, owner):
        schema.upgrade(url)
        outcome = restore(url, order_of(dump_of(url, tmp_path)))
        assert outcome.missing_roles == []
        with connect(url) as restored:
            found = restored.execute(b"SELECT tableowner FROM pg_tables").fetchall()
            assert (owner,) in found
            restored.execute("INSERT INTO users (phone_number) VALUES ('ana')")


def test_who_may_not_cut_others_off_is_told_what_to_do(
    database_url: str, tmp_path: Path
) -> None:
    with owned_database(database_url) as (url, owner):
        schema.upgrade(url)
        dump = dump_of(url, tmp_path)
        told = pytest.raises(OperatorError, match=f'pg_signal_backend TO "{owner}"')
        with connect(with_database(database_url, owner)), told:
            restore(url, order_of(dump))
        assert databases_beside(url) == []
        with connect(url) as still:
            still.execute("INSERT INTO users (phone_number) VALUES ('ana')")


def test_the_three_roles_have_their_rights_again(
    database_url: str, tmp_path: Path
) -> None:
    with three_roles(database_url) as urls, leaving_no_databases(database_url):
        outcome = restore(database_url, order_of(dump_of(database_url, tmp_path)))
        assert outcome.missing_roles == []
        add = "INSERT INTO users (phone_number) VALUES ('ana')"
        assert refusal(urls["app"], add) is None
        assert refusal(urls["app"], "DROP TABLE users") == DENIED
        assert refusal(urls["readonly"], "SELECT FROM chat_overview") is None
        assert refusal(urls["readonly"], "SELECT FROM public.users") == DENIED
        assert refusal(urls["owner"], "CREATE TABLE notes ()") is None
