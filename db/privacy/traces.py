"""What an erasure leaves on disk: dead rows, until VACUUM takes them away.

The planner's statistics hold no samples of what people wrote (migration 0015), but for
those that an older database could not clear.
"""

import threading
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field

from psycopg import sql

from db.database import Database
from db.outages import FAILURES
from db.pool import Limits

MOST_SECONDS = 60.0  # to begin with each table, and then for one of them
PATIENCE_SECONDS = 1.0  # for transactions that began before
POLL_SECONDS = 0.1
# An erasure counts jobs by what they are to people, and proposals by their sources.
TABLES = {
    "jobs": ("procrastinate_jobs", "procrastinate_events"),
    "proposal_sources": ("proposal_sources", "proposals"),
}
# VACUUM only warns of what this role may not touch.
FOREIGN = """
SELECT relname::text FROM pg_class
WHERE oid = ANY (%(tables)s::text[]::regclass[]) AND NOT pg_has_role(relowner, 'USAGE')
  AND NOT pg_has_role((SELECT datdba FROM pg_database
                       WHERE datname = current_database()), 'USAGE')
"""
NOW = "SELECT pg_snapshot_xmax(pg_current_snapshot())::xid::text"
HOLDERS = """
SELECT count(*) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND age(backend_xmin) > age(%(now)s::xid)
  AND (datname = current_database() OR backend_type = 'walsender')
"""
SAMPLED = """
SELECT format('%%s.%%s', tablename, pg_stats.attname) FROM pg_stats JOIN pg_attribute
  ON attrelid = format('%%I.%%I', schemaname, tablename)::regclass
  AND pg_attribute.attname = pg_stats.attname
WHERE schemaname IN ('public', 'procrastinate') AND attstattarget = 0 ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What is left, where anything is.

    Tables whose dead rows are there still: `foreign` ones this role may not clean,
    `late` ones took too long, `held` ones a transaction that began before still reads.
    `sampled` are columns of which the planner has samples that are older than 0015.
    """

    foreign: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    sampled: list[str] = field(default_factory=list)


def wipe_traces(
    database: Database, erased: Iterable[str], seconds: float = MOST_SECONDS
) -> Traces:
    """Clean the tables that an erasure counted rows of; return what could not be done.

    Not in a transaction, and in some `seconds`. Raises no error of the database's: the
    person is erased already.
    """
    named = (table for name in erased for table in TABLES.get(name, (name,)))
    tables = list(dict.fromkeys(named))
    limits = Limits(connections=1, statement_seconds=seconds, pool_seconds=5.0)
    with closing(database.beside(database.name, limits)) as opened:
        try:
            return _wipe(opened, tables, time.monotonic() + seconds)
        except FAILURES:
            return Traces(late=tables)


def _wipe(database: Database, tables: list[str], deadline: float) -> Traces:
    foreign = database.column(FOREIGN, {"tables": tables})
    mine = [table for table in tables if table not in foreign]
    is_held = bool(mine) and not _wait_for_older(database)
    late = [table for table in mine if not _vacuum(database, table, deadline)]
    return Traces(
        foreign=foreign,
        late=late,
        held=[table for table in mine if is_held and table not in late],
        sampled=database.column(SAMPLED, {}),
    )


def _wait_for_older(database: Database) -> bool:
    """Wait a moment until nobody can see what was erased; tell if that came."""
    now = {"now": database.scalar(NOW)}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while database.scalar(HOLDERS, now):
        if time.monotonic() >= deadline:
            return False
        threading.Event().wait(POLL_SECONDS)
    return True


def _vacuum(database: Database, table: str, deadline: float) -> bool:
    """Tell whether it was done; it is begun in time, and takes a statement's time."""
    if time.monotonic() >= deadline:
        return False
    try:
        database.count(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
    except FAILURES:
        return False
    return True
