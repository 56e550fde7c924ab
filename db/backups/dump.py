"""A dump: what pg_dump writes and pg_restore reads, encrypted or not."""

import os
import re
from pathlib import Path

from db.address import parse_url
from db.backups.manifest import Backup, Manifest, Snapshot, count_rows, server_major
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
)
from db.database import Database
from db.errors import OperatorError
from db.files import open_new
from db.outages import who_may

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
    named = sorted({*manifest.owners, *manifest.grantees})
    missing = beside.column(MISSING, {"names": named})
    return missing + beside.column(NOT_OURS, {"names": manifest.owners})


def restore_dump(
    new: Database, backup: Backup, with_roles: bool, progress: Progress
) -> None:
    """Run pg_restore on the new database; the dump is decrypted on the way.

    Without `with_roles` everything belongs to the role that restores. Raises
    OperatorError when anything at all could not be restored.
    """
    with new.transaction() as connection:
        server = server_major(connection)
    wanted = max(server, int(backup.manifest.pg_dump_version))
    pg_restore, major = find_program("pg_restore", wanted)
    shown, environment = arguments_for(new.url)
    command = [str(pg_restore), "--format=custom", "--no-password", f"--dbname={shown}"]
    command += [] if with_roles else ["--no-owner", "--no-privileges"]
    command += [] if major > server else ["--single-transaction"]
    with start_program(command, environment) as program:
        _feed(program, backup, progress)
        check_end(program)


def _feed(program: Program, backup: Backup, progress: Progress) -> None:
    source, sink = FileSource(backup.dump), Inlet(program, progress)
    try:
        if backup.manifest.encryption and backup.identity:
            copy_opened(source, sink, backup.identity)
        else:
            copy_plain(source, sink)
    except BrokenPipeError:
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
