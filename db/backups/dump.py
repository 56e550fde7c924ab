"""A dump: what pg_dump writes and pg_restore reads, encrypted or not."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from psycopg import sql

from db.address import parse_url
from db.backups.manifest import Backup, Manifest
from db.backups.programs import Program, arguments_for, find_program, start_program
from db.backups.stream import (
    FileSource,
    Inlet,
    Measured,
    Outlet,
    Progress,
    copy,
    copy_opened,
    copy_plain,
    no_progress,
)
from db.beside.rights import NOBODY, Rights, read_rights
from db.database import Connection, Database
from db.errors import OperatorError
from db.files import open_new
from db.outages import who_may
from db.schema import current

MOST_SHOWN = 5
MISSING = """
SELECT name FROM unnest(%(names)s::text[]) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) ORDER BY 1
"""
NOT_OURS = """
SELECT rolname::text FROM pg_roles
WHERE rolname = ANY (%(names)s) AND NOT pg_has_role(oid, 'MEMBER') ORDER BY 1
"""
# A newer pg_restore sets parameters that an older server does not know. It goes on.
HARMLESS = re.compile("unrecognized configuration parameter")


# Counting a large table takes its time. pg_dump works on the same snapshot meanwhile,
# so that holding it keeps nothing more back.
MOST_SECONDS = 4 * 3600.0
LONGEST_DUMP_SECONDS = 24 * 3600.0
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
    rights: Rights


@contextmanager
def hold_snapshot(database: Database) -> Iterator[Snapshot]:
    """Yield a snapshot that others can join as long as this lasts.

    Raises psycopg's errors.
    """
    with database.transaction(
        MOST_SECONDS, snapshot=True, idle_seconds=LONGEST_DUMP_SECONDS
    ) as connection:
        now = connection.first(
            "SELECT pg_export_snapshot() AS name, now() AS taken_at, "
            "current_setting('server_version') AS version"
        )
        yield Snapshot(
            url=database.url,
            name=now.name,
            taken_at=now.taken_at,
            server_version=now.version,
            server_major=server_major(connection),
            migration=current(connection),
            rows=count_rows(connection),
            owners=connection.column(OWNERS),
            grantees=connection.column(GRANTEES),
            rights=read_rights(connection),
        )


def server_major(connection: Connection) -> int:
    """Return the server's major version."""
    return connection.driver.info.server_version // 10_000


def count_rows(connection: Connection) -> dict[str, int]:
    """Return the number of rows of every table, its schema before its name."""
    counted = {}
    for schema, table in connection.rows(TABLES):
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        counted[f"{schema}.{table}"] = connection.scalar(query)
    return counted


def write_dump(
    snapshot: Snapshot, draft: Path, public_key: str | None, progress: Progress
) -> tuple[Measured, int]:
    """Dump what a snapshot holds into a file, on disk when this returns.

    Return its size and digest, and pg_dump's major version. Raises OperatorError and
    OSError.
    """
    pg_dump, major = find_program("pg_dump", snapshot.server_major)
    shown, environment = arguments_for(snapshot.url)
    command = [str(pg_dump), "--format=custom", f"--snapshot={snapshot.name}"]
    command += ["--lock-wait-timeout=60s", "--no-password", f"--dbname={shown}"]
    with open_new(draft) as file:
        written = Measured(file, progress)
        with start_program(command, environment) as program:
            copy(Outlet(program), written, public_key)
            if program.finish() != 0:
                raise _explain(program, snapshot.url)
        file.flush()
        os.fsync(file.fileno())
    return written, major


def _explain(program: Program, url: str) -> OperatorError:
    """Return why a dump failed, and which role may make one where this one may not."""
    failure = program.failure()
    if "permission denied" not in str(failure):
        return failure
    return OperatorError(
        f"{failure}\n{who_may(parse_url(url).username or 'this role')}"
    )


def find_missing_roles(beside: Database, manifest: Manifest) -> list[str]:
    """Return the roles without which the dump's owners and grants can't be restored."""
    owners = {*manifest.owners, *(manifest.rights.roles() if manifest.rights else ())}
    named = sorted({*owners, *manifest.grantees})
    missing = beside.column(MISSING, {"names": named})
    return missing + beside.column(NOT_OURS, {"names": list(owners - {NOBODY})})


def restore_dump(
    new: Database,
    backup: Backup,
    progress: Progress,
    *,
    with_roles: bool,
    only: list[str] | None = None,
) -> None:
    """Run pg_restore on the new database; the dump is decrypted on the way.

    Without `with_roles` nothing is granted. Of its list `only` these lines are run, and
    all belongs to the role that restores then, as it does without roles. Raises
    OperatorError when anything at all could not be restored.
    """
    server = _major_of_server(new)
    wanted = max(server, int(backup.manifest.pg_dump_version))
    pg_restore, major = find_program("pg_restore", wanted)
    shown, environment = arguments_for(new.url)
    command = [str(pg_restore), "--format=custom", "--no-password", f"--dbname={shown}"]
    command += [] if with_roles else ["--no-privileges"]
    command += ["--no-owner"] if only is not None or not with_roles else []
    command += [] if major > server else ["--single-transaction"]
    with tempfile.NamedTemporaryFile("w") as chosen:
        if only is not None:
            chosen.write("\n".join(only) + "\n")
            chosen.flush()
            command.append(f"--use-list={chosen.name}")
        with start_program(command, environment) as program:
            feed(program, backup, progress)
            check_end(program)


def _major_of_server(database: Database) -> int:
    with database.transaction() as connection:
        return server_major(connection)


def feed(
    program: Program,
    backup: Backup,
    progress: Progress = no_progress,
    *,
    only_the_head: bool = False,
) -> None:
    """Give a dump to pg_restore, decrypted; of `only_the_head` it takes what it wants.

    Raises OperatorError.
    """
    source, sink = FileSource(backup.dump), Inlet(program, progress)
    try:
        if backup.manifest.encryption and backup.identity:
            copy_opened(source, sink, backup.identity)
        else:
            copy_plain(source, sink)
    except BrokenPipeError:
        if only_the_head:
            return
        program.finish()
        raise program.failure() from None
    finally:
        source.close()
    sink.close()


def check_end(program: Program) -> None:
    """Raise OperatorError unless pg_restore restored everything."""
    if program.finish() == 0:
        return
    said = program.spoken()
    if not said or not all(HARMLESS.search(line) for line in said):
        raise program.failure()


def compare_rows(new: Database, manifest: Manifest) -> None:
    """Compare each table's rows with the manifest's; raises OperatorError."""
    with new.transaction() as connection:
        found = count_rows(connection)
    told = manifest.rows
    tables = sorted(found.keys() | told.keys())
    wrong = [
        f"{table} has {found.get(table, 'no')} rows, not {told.get(table, 'any')}"
        for table in tables
        if found.get(table) != told.get(table)
    ]
    if wrong:
        raise OperatorError(
            "what was restored is not what the manifest says, nothing was changed: "
            + "; ".join(wrong[:MOST_SHOWN])
        )
