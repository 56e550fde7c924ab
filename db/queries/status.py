"""How the database does: what `bot db status` shows."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import errors

from db import schema
from db.backups.rotation import is_ahead, list_backups
from db.beside.left import find_beside
from db.database import Database, Statements
from db.outages import explained

SERVER = """
SELECT current_setting('server_version') AS server_version,
  current_database()::text AS database,
  pg_database_size(current_database()) AS bytes, pg_is_in_recovery() AS is_standby,
  current_setting('max_connections')::int AS max_connections,
  (SELECT sum(numbackends)::int FROM pg_stat_database) AS connections,
  current_setting('default_transaction_read_only') = 'on' AS is_read_only
"""
# Others' sessions show their times only to those who may read all statistics.
OLDEST = """
SELECT extract(epoch FROM now() - min(xact_start))::float FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = """
SELECT schemaname || '.' || relname AS table, pg_total_relation_size(relid) AS bytes,
       n_live_tup AS rows, n_dead_tup AS dead_rows
FROM pg_stat_user_tables ORDER BY 2 DESC, 1
"""
QUEUE = """
SELECT status::text, count(*) FROM procrastinate.procrastinate_jobs
GROUP BY status ORDER BY status
"""
WAITING = """
SELECT extract(epoch FROM now() - min(greatest(queued_at, scheduled_at)))::float
FROM procrastinate.procrastinate_jobs
WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
"""
# Given to Twilio and not taken: its outcome is open, or it was refused for now.
KEPT_PARTS = """
SELECT count(*) FROM reply_parts
WHERE status = 'uncertain' OR status = 'pending' AND attempts > 0
"""
KNOWLEDGE = """
SELECT count(*) AS documents, count(*) FILTER (WHERE NOT is_processed) AS waiting,
  count(error) AS refused,
  (SELECT count(*) FROM gap_overview WHERE is_open) AS open_gaps
FROM documents
"""
STANDBYS = """
SELECT coalesce(nullif(application_name, ''), client_addr::text, '?') AS name, state,
       pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint AS behind
FROM pg_stat_replication ORDER BY 1
"""
BESIDE = """
SELECT datname::text, pg_database_size(oid) FROM pg_database
WHERE datname = ANY (%(names)s) ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStatus:
    """One table: bytes with its indexes; rows as the statistics estimate them."""

    table: str
    bytes: int
    rows: int
    dead_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Documents, and those of which a version waits or was refused; open gaps."""

    documents: int
    waiting: int
    refused: int
    open_gaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """A server that follows this one; `behind` in bytes, None where it is not told."""

    name: str
    state: str | None
    behind: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBackup:
    """The newest whole backup of this database, but for what is dated ahead."""

    file: str
    created_at: datetime
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All of it. None stands for what this role may not see, or what there is not.

    Times in seconds; `queue` counts jobs by status; `kept_parts` those parts that
    Twilio did not take yet, and that are tried again; `beside` holds the databases,
    with their bytes, that restores left.
    """

    server_version: str
    database: str
    bytes: int
    is_standby: bool
    is_read_only: bool
    connections: int
    max_connections: int
    migration: str | None
    newest_migration: str
    oldest_transaction: float | None
    tables: list[TableStatus]
    queue: dict[str, int] | None
    oldest_waiting_job: float | None
    kept_parts: int | None
    knowledge: Knowledge | None
    standbys: list[Standby] | None
    beside: dict[str, int] | None
    last_backup: LastBackup | None

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        known = asdict(self)
        if self.last_backup:
            known["last_backup"]["created_at"] = self.last_backup.created_at.isoformat()
        return known


def read_status(database: Database, backup_folder: Path) -> Status:
    """Ask the database how it does; raises OperatorError where it can't be reached."""
    with explained("asking the database"):
        server = database.first(SERVER)
        queue = _try(database, QUEUE)
        standbys = _try(database, STANDBYS)
        knowledge = _try(database, KNOWLEDGE)
        left = [found.name for found in find_beside(database)]
        beside = _try(database, BESIDE, {"names": left})
        return Status(
            **server._asdict(),
            migration=_read_migration(database),
            newest_migration=schema.head(),
            oldest_transaction=_first(_try(database, OLDEST)),
            tables=[TableStatus(**r._asdict()) for r in _try(database, TABLES) or []],
            queue=None if queue is None else dict(queue),
            oldest_waiting_job=_first(_try(database, WAITING)),
            kept_parts=_first(_try(database, KEPT_PARTS)),
            knowledge=Knowledge(**knowledge[0]._asdict()) if knowledge else None,
            standbys=standbys and [Standby(**row._asdict()) for row in standbys],
            beside=None if beside is None else dict(beside),
            last_backup=_find_backup(backup_folder, database.name),
        )


def _try(
    database: Statements, query: str, known: dict[str, Any] | None = None
) -> list[Any] | None:
    """Return the rows; None where this role may not ask, or what is asked is not there.

    A standby has no position of its own, a database without migrations no queue.
    """
    try:
        return database.rows(query, known)
    except (
        errors.InsufficientPrivilege,
        errors.UndefinedTable,
        errors.InvalidSchemaName,
        errors.ObjectNotInPrerequisiteState,
    ):
        return None


def _read_migration(database: Statements) -> str | None:
    try:
        return schema.current(database)
    except errors.InsufficientPrivilege:
        return None


def _first(rows: list[Any] | None) -> Any:
    return rows[0][0] if rows else None


def _find_backup(folder: Path, database: str) -> LastBackup | None:
    mine = [
        m
        for m in list_backups(folder)
        if m.database == database and not is_ahead(m.created_at)
    ]
    if not mine:
        return None
    last = mine[-1]
    return LastBackup(file=last.file, created_at=last.created_at, bytes=last.size)
