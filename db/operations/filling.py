"""Filling a new database from a dump, and finding out whether it is all there."""

import re

from sqlalchemy import exc

from db import schema
from db.errors import OperatorError
from db.operations.binaries import find_binary
from db.operations.manifest import Backup, Manifest
from db.operations.pipes import Inlet, Progress, Tool, start_tool
from db.operations.sealing import FileSource, copy_opened, copy_plain
from db.operations.server import Connection, connect, tool_arguments
from db.operations.snapshot import count_rows

MOST_SHOWN = 5
MISSING = """
SELECT name FROM unnest(%s::text[]) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) ORDER BY 1
"""
NOT_OURS = """
SELECT rolname::text FROM pg_roles
WHERE rolname = ANY (%s) AND NOT pg_has_role(oid, 'MEMBER') ORDER BY 1
"""
# A newer pg_restore sets parameters that an older server does not know. It goes on.
HARMLESS = re.compile("unrecognized configuration parameter")


def find_missing_roles(beside: Connection, manifest: Manifest) -> list[str]:
    """Return the roles without which the dump's owners and grants can't be restored."""
    named = sorted({*manifest.owners, *manifest.grantees})
    missing = beside.execute(MISSING, [named]).fetchall()
    foreign = beside.execute(NOT_OURS, [manifest.owners]).fetchall()
    return [row[0] for row in (*missing, *foreign)]


def fill(target: str, backup: Backup, with_roles: bool, progress: Progress) -> None:
    """Run pg_restore on the new database; the dump is decrypted on the way.

    Without `with_roles` everything belongs to the role that restores. Raises
    OperatorError when anything at all could not be restored.
    """
    with connect(target) as connection:
        server = connection.info.server_version // 10_000
    wanted = max(server, int(backup.manifest.pg_dump_version))
    pg_restore, major = find_binary("pg_restore", wanted)
    shown, environment = tool_arguments(target)
    command = [str(pg_restore), "--format=custom", "--no-password", f"--dbname={shown}"]
    command += [] if with_roles else ["--no-owner", "--no-privileges"]
    command += [] if major > server else ["--single-transaction"]
    with start_tool(command, environment) as tool:
        _feed(tool, backup, progress)
        check_end(tool)


def _feed(tool: Tool, backup: Backup, progress: Progress) -> None:
    source, sink = FileSource(backup.dump), Inlet(tool, progress)
    try:
        if backup.manifest.encryption and backup.identity:
            copy_opened(source, sink, backup.identity)
        else:
            copy_plain(source, sink)
    except BrokenPipeError:
        tool.finish()
        raise tool.failure() from None
    finally:
        source.close()
    sink.close()


def check_end(tool: Tool) -> None:
    """Raise OperatorError unless pg_restore restored everything."""
    if tool.finish() == 0:
        return
    said = tool.spoken()
    if not said or not all(HARMLESS.search(line) for line in said):
        raise tool.failure()


def compare_rows(target: str, manifest: Manifest) -> None:
    """Compare each table's rows with the manifest's; raises OperatorError."""
    with connect(target) as connection:
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


def upgrade(target: str, manifest: Manifest) -> None:
    """Migrate the new database if the backup is older than this code."""
    if manifest.migration == schema.head():
        return
    try:
        schema.upgrade(target)
    except exc.SQLAlchemyError as error:
        reason = str(error).partition("\n")[0]
        raise OperatorError(
            f"the backup could not be migrated from {manifest.migration} to "
            f"{schema.head()}, nothing was changed: {reason}"
        ) from None
