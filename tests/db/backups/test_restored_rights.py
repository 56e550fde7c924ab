"""Whose a restored database is, and who may do what in it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from db import schema
from db.address import with_database, with_login
from db.backups.manifest import read_manifest
from db.backups.restore import restore
from db.beside.new_database import drop
from db.database import Database
from db.errors import OperatorError
from db.privacy.tombstones import Graveyard
from tests.db.access.logins import refusal, three_roles
from tests.db.backups.kept import (
    databases_beside,
    dump_of,
    leaving_no_databases,
    order_of,
    signed_again,
)
from tests.db.sql import PATIENT, change, opened, rows, value, values

DENIED = "42501"
# Of all that can be owned or granted: whose it is, and who may do what with it.
RIGHTS = """
SELECT 'relation', oid::regclass::text AS what, relowner::regrole::text, ARRAY(
  SELECT item::text FROM unnest(relacl) AS item ORDER BY 1)
FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
UNION ALL
SELECT 'column', attrelid::regclass || '.' || attname, '', attacl::text[]
FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid >= 16384
UNION ALL
SELECT 'function', oid::regprocedure::text, proowner::regrole::text, ARRAY(
  SELECT item::text FROM unnest(proacl) AS item ORDER BY 1)
FROM pg_proc WHERE pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
UNION ALL
SELECT 'type', oid::regtype::text, typowner::regrole::text, NULL
FROM pg_type WHERE typnamespace::regnamespace::text !~ '^(pg_|information_schema)'
UNION ALL
SELECT 'schema', nspname, nspowner::regrole::text, ARRAY(
  SELECT item::text FROM unnest(nspacl) AS item ORDER BY 1)
FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'
UNION ALL
SELECT 'default', defaclnamespace::regnamespace || ' ' || defaclobjtype::text,
  defaclrole::regrole::text, ARRAY(
  SELECT item::text FROM unnest(defaclacl) AS item ORDER BY 1)
FROM pg_default_acl
ORDER BY 1, 2
"""


@pytest.fixture(autouse=True)
def swept(database: Database) -> Iterator[None]:
    with leaving_no_databases(database):
        yield


@pytest.fixture
def dump(database: Database, tmp_path: Path) -> Path:
    return dump_of(database, tmp_path)


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
      (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(datacl) AS acl)
        AS grants,
      (SELECT array_agg((setrole, setconfig)::text ORDER BY setrole)
       FROM pg_db_role_setting WHERE setdatabase = pg_database.oid) AS settings
    FROM pg_database WHERE datname = %(name)s
"""
BACK = "ALTER DATABASE {0} OWNER TO bot; REVOKE ALL ON DATABASE {0} FROM {1}"


def test_the_new_database_is_like_the_old_one(database: Database, dump: Path) -> None:
    name, role = database.name, f"role_{secrets.token_hex(4)}"
    with database.maintenance(PATIENT) as beside:
        for statement in SETTINGS.format(name=name, role=role).split(";\n"):
            change(beside, statement)
        before = rows(beside, LIKENESS, name=name)
        outcome = restore(database, order_of(dump))
        try:
            assert rows(beside, LIKENESS, name=name) == before
            assert rows(beside, LIKENESS, name=outcome.before) == before
        finally:
            for made in (name, outcome.before):
                for statement in BACK.format(made, role).split("; "):
                    change(beside, statement)
            change(beside, f"DROP ROLE {role}")


def test_owners_and_grants_come_back_where_their_roles_are(
    database: Database, tmp_path: Path
) -> None:
    reader = f"reader_{secrets.token_hex(4)}"
    granted = f"SELECT has_table_privilege('{reader}', 'users', 'SELECT')"
    change(database, f"CREATE ROLE {reader}")
    change(database, f"GRANT SELECT ON users TO {reader}")
    dump = dump_of(database, tmp_path)
    assert restore(database, order_of(dump)).missing_roles == []
    assert value(database, granted) is True
    change(database, f"DROP OWNED BY {reader}")
    with leaving_no_databases(database):
        pass  # in the one before it the role is granted something as well
    change(database, f"DROP ROLE {reader}")
    outcome = restore(database, order_of(dump))
    assert outcome.missing_roles == [reader]


def test_a_role_that_may_not_create_databases_is_told_what_to_do(
    database: Database, dump: Path
) -> None:
    role = f"modest_{secrets.token_hex(4)}"
    change(database, f"CREATE ROLE {role} LOGIN PASSWORD 'modest'")
    told = pytest.raises(OperatorError, match=f'ALTER ROLE "{role}" CREATEDB')
    try:
        with opened(with_login(database.url, role, "modest")) as modest, told:
            restore(modest, order_of(dump))
    finally:
        change(database, f"DROP ROLE {role}")
    assert databases_beside(database) == []
    change(database, "DELETE FROM users")  # writes go on


@contextmanager
def owned_database(
    database: Database, more: str = ""
) -> Iterator[tuple[Database, str]]:
    """Yield a migrated database whose owner is no superuser, and the owner."""
    owner = f"owner_{secrets.token_hex(4)}"
    url = with_database(database.url, owner)
    change(database, f"CREATE ROLE {owner} LOGIN CREATEDB {more} PASSWORD 'w'")
    change(database, f"CREATE DATABASE {owner} OWNER {owner}")
    try:
        with opened(with_login(url, owner, "w")) as owned:
            schema.upgrade(owned)
            yield owned, owner
    finally:
        with opened(url) as left, leaving_no_databases(left):
            drop(database, owner)
        change(database, f"DROP ROLE {owner}")


@pytest.mark.parametrize("more", ["", "CREATEROLE"], ids=["owner", "first user"])
def test_an_owner_who_is_no_superuser_can_do_all_of_it(
    database: Database, tmp_path: Path, more: str
) -> None:
    with owned_database(database, more) as (owned, owner):
        outcome = restore(owned, order_of(dump_of(owned, tmp_path)))
        assert outcome.missing_roles == []
        assert owner in values(owned, "SELECT tableowner FROM pg_tables")
        change(owned, "INSERT INTO users (phone_number) VALUES ('ana')")


RISE = "CREATE FUNCTION rise() RETURNS text SECURITY DEFINER RETURN current_user"


@pytest.mark.parametrize("whole", [True, False], ids=["all of it", "one function"])
@pytest.mark.parametrize("signed", [True, False])
def test_no_superuser_gets_what_is_not_theirs_by_a_manifests_word(
    database: Database, tmp_path: Path, *, signed: bool, whole: bool
) -> None:
    mighty = f"mighty_{secrets.token_hex(4)}"
    change(database, f"CREATE ROLE {mighty} SUPERUSER")
    with owned_database(database) as (owned, owner):
        change(owned, RISE)
        dump = dump_of(owned, tmp_path)
        told = read_manifest(dump).rights
        assert told is not None
        one = ("FUNCTION", "public.rise()", mighty)
        lie = replace(told, owner=mighty) if whole else replace(told, others=[one])
        signed_again(dump, rights=lie)
        order = replace(order_of(dump), trust_added=True, trust_unsigned=True)
        if not signed:
            mine = Graveyard(tmp_path / "none", b"mine")
            order = replace(order, graveyard=mine)
        with opened(with_database(database.url, owner)) as as_superuser:
            restore(as_superuser, order)
            assert value(as_superuser, "SELECT rise()") == owner
    change(database, f"DROP ROLE {mighty}")


def test_an_unsigned_manifest_says_nothing_of_owners(
    database: Database, tmp_path: Path
) -> None:
    other = f"other_{secrets.token_hex(4)}"
    change(database, f"CREATE ROLE {other}")
    with owned_database(database) as (owned, owner):
        dump = dump_of(owned, tmp_path)
        told = read_manifest(dump).rights
        assert told is not None
        signed_again(dump, rights=replace(told, owner=other))
        mine = Graveyard(tmp_path / "none", b"mine")
        order = replace(order_of(dump), graveyard=mine, trust_unsigned=True)
        with opened(with_database(database.url, owner)) as as_superuser:
            restore(as_superuser, order)
            owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE {}"
            ours = owners.format("schemaname = 'public'")
            assert values(as_superuser, ours) == [owner]
    change(database, f"DROP ROLE {other}")


def test_who_may_not_cut_others_off_is_told_what_to_do(
    database: Database, tmp_path: Path
) -> None:
    with owned_database(database) as (owned, owner):
        dump = dump_of(owned, tmp_path)
        told = pytest.raises(OperatorError, match=f'pg_signal_backend TO "{owner}"')
        with psycopg.connect(with_database(database.url, owner)), told:
            restore(owned, order_of(dump))
        assert databases_beside(owned) == []
        change(owned, "INSERT INTO users (phone_number) VALUES ('ana')")


def test_the_the_roles_have_their_rights_again(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with three_roles(database_url) as urls, leaving_no_databases(database):
        change(database, "CREATE TYPE of_bot AS ENUM ()")
        before = rows(database, RIGHTS)
        order = replace(order_of(dump_of(database, tmp_path)), trust_added=True)
        outcome = restore(database, order)
        assert outcome.missing_roles == []
        assert rows(database, RIGHTS) == before
        add = "INSERT INTO users (phone_number) VALUES ('ana')"
        assert refusal(urls["app"], add) is None
        assert refusal(urls["app"], "DROP TABLE users") == DENIED
        assert refusal(urls["readonly"], "SELECT FROM chat_overview") is None
        assert refusal(urls["readonly"], "SELECT FROM public.users") == DENIED
        assert refusal(urls["owner"], "CREATE TABLE notes ()") is None
        assert refusal(urls["app"], "SELECT lo_create(0)") == DENIED


EXTENSION = """
CREATE SCHEMA monitoring;
COMMENT ON SCHEMA monitoring IS 'As Compose makes it.';
GRANT USAGE ON SCHEMA monitoring TO PUBLIC;
CREATE EXTENSION vector SCHEMA monitoring;
REVOKE ALL ON FUNCTION monitoring.vector_dims(monitoring.vector) FROM PUBLIC;
CREATE TABLE near (place monitoring.vector(2))
"""


def test_an_extension_comes_back_where_it_was(
    database: Database, tmp_path: Path
) -> None:
    for statement in EXTENSION.split(";\n"):
        change(database, statement)
    order = replace(order_of(dump_of(database, tmp_path)), trust_added=True)
    restore(database, order)
    where = """
        SELECT extnamespace::regnamespace::text, nspacl IS NOT NULL,
               obj_description(pg_namespace.oid)
        FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
        WHERE extname = 'vector'
    """
    assert rows(database, where) == [("monitoring", True, "As Compose makes it.")]
    change(database, "INSERT INTO near VALUES ('[1, 2]')")
