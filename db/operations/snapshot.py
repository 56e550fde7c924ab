"""What a dump will hold: read in the very snapshot that pg_dump works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import sql

from db.operations.server import Connection, connect

TABLES = """
SELECT nspname, relname
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relpersistence <> 't'
  AND nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend
                  WHERE objid = pg_class.oid AND classid = 'pg_class'::regclass
                    AND deptype = 'e')
ORDER BY 1, 2
"""
# Objects of the role that made the cluster do not stand in pg_shdepend.
OWNERS = """
SELECT DISTINCT rolname::text FROM pg_roles JOIN (
  SELECT relowner FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
) AS owned ON owned.relowner = pg_roles.oid ORDER BY 1
"""
GRANTEES = """
SELECT DISTINCT rolname::text FROM pg_roles JOIN pg_shdepend ON refobjid = pg_roles.oid
WHERE refclassid = 'pg_authid'::regclass
  AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1
"""
VERSION_TABLE = "SELECT to_regclass('public.alembic_version') IS NOT NULL"
MIGRATION = "SELECT version_num FROM public.alembic_version"
# Held while pg_dump works; it has the same snapshot, so this keeps nothing more back.
LONGEST_DUMP = "SET idle_in_transaction_session_timeout = '24h'"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a database. `rows` counts every table, exactly."""

    url: str = field(repr=False)
    name: str
    taken_at: datetime
    server_version: str
    server_major: int
    migration: str | None
    rows: dict[str, int]
    owners: list[str]
    grantees: list[str]


@contextmanager
def hold_snapshot(url: str) -> Iterator[Snapshot]:
    """Yield a snapshot that others can join as long as this lasts."""
    with connect(url) as connection:
        connection.execute(LONGEST_DUMP)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        name, taken_at, version = one(
            connection,
            "SELECT pg_export_snapshot(), now(), current_setting('server_version')",
        )
        yield Snapshot(
            url=url,
            name=name,
            taken_at=taken_at,
            server_version=version,
            server_major=connection.info.server_version // 10_000,
            migration=read_migration(connection),
            rows=count_rows(connection),
            owners=column(connection, OWNERS),
            grantees=column(connection, GRANTEES),
        )


def count_rows(connection: Connection) -> dict[str, int]:
    """Return the number of rows of every table, its schema before its name."""
    counted = {}
    for schema, table in connection.execute(TABLES).fetchall():
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        counted[f"{schema}.{table}"] = one(connection, query)[0]
    return counted


def read_migration(connection: Connection) -> str | None:
    """Return the database's migration; None where there is none of ours."""
    if not one(connection, VERSION_TABLE)[0]:
        return None
    found = connection.execute(MIGRATION).fetchone()
    return str(found[0]) if found else None


def one(connection: Connection, query: str | sql.Composed) -> tuple[Any, ...]:
    """Return the one row of a query."""
    row = connection.execute(query).fetchone()
    if row is None:
        raise LookupError("a query that always has a row had none")
    return row


def column(connection: Connection, query: str) -> list[str]:
    """Return the first column of a query."""
    return [row[0] for row in connection.execute(query)]
