"""Retention: what is old is closed, moved, and deleted, in small transactions.

Each transaction looks at some hundred rows and leaves alone what somebody works on; the
next run finds it. So a run may be killed anywhere, repeated, or run twice at once.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from db.database import Connection, Database
from db.outages import COLLISIONS, outages
from db.privacy import steps
from db.privacy.ages import Ages
from db.privacy.steps import Step

WINDOW = 500
MOST_SECONDS = 60.0  # for some hundred rows
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'"
# The table says so.
EARLY_STATUSES_AFTER = timedelta(days=1)
# Whoever kept a webhook may send it again: the shortest time in which that is refused.
ERASED_SIDS_AFTER = timedelta(days=30)
FIRST = (datetime.fromtimestamp(0, UTC) - timedelta(days=1), "")
END = """
SELECT {at}, {id} FROM {table}
WHERE {coarse} AND ({at}, {id}) > (%(at)s, %(id)s)
ORDER BY {at}, {id} OFFSET %(window)s - 1 LIMIT 1
"""
DUE = """
SELECT {id} AS id, {amount} AS amount, {kept} AS kept FROM {table}
WHERE {coarse} AND {fine} AND ({at}, {id}) > (%(at)s, %(id)s)
  AND (%(end_at)s::timestamptz IS NULL OR ({at}, {id}) <= (%(end_at)s, %(end_id)s))
"""
TAKE = """
WITH due AS MATERIALIZED ({due} FOR UPDATE SKIP LOCKED), {action}
SELECT id, amount, kept FROM due
"""

Place = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Purged:
    """What a step did, or would do; `age` None: it is switched off.

    Not `whole`: there may be more that is due, for the next run.
    """

    name: str
    age: timedelta | None
    amount: int = 0
    whole: bool = True


def run_retention(
    database: Database,
    ages: Ages,
    *,
    dry_run: bool = False,
    seconds: float = math.inf,
    stopping: Callable[[], bool] = lambda: False,
) -> Iterator[Purged]:
    """Do what is due, and yield what each step did.

    It ends between two transactions when `seconds` are over or `stopping` says so.
    With `dry_run` it counts what is due now, step by step, and changes nothing. Raises
    OperatorError where the database is away; what is done stays done.
    """
    deadline = time.monotonic() + seconds

    def is_over() -> bool:
        return stopping() or time.monotonic() >= deadline

    with outages():
        for step, age in _plan(ages):
            if age is None:
                yield Purged(step.name, None)
            else:
                yield _walk(database, step, age, dry_run, is_over)


def _plan(ages: Ages) -> list[tuple[Step, timedelta | None]]:
    return [
        (steps.CLOSE_IDLE, ages.close_idle),
        (steps.DROP_SYSTEM_MESSAGES, ages.drop_system_messages),
        (steps.ARCHIVE, ages.archive),
        (steps.DROP_ARCHIVED_SYSTEM_MESSAGES, ages.drop_system_messages),
        (steps.DELETE_ARCHIVED, ages.delete_archived),
        (steps.DROP_JOBS, ages.drop_records),
        (steps.DROP_INBOUND, ages.drop_records),
        (steps.DROP_ERASED_SIDS, max(ages.drop_records, ERASED_SIDS_AFTER)),
        (steps.DROP_EARLY_STATUSES, EARLY_STATUSES_AFTER),
    ]


def _walk(
    database: Database,
    step: Step,
    age: timedelta,
    dry_run: bool,
    is_over: Callable[[], bool],
) -> Purged:
    amount, place = 0, FIRST
    while not is_over():
        try:
            with database.transaction(MOST_SECONDS) as connection:
                connection.count(LOCK_TIMEOUT)
                found, end = _take_window(connection, step, age, place, dry_run)
        except COLLISIONS:
            break  # somebody works on these rows: the next run takes them
        amount += found
        if end is None:
            return Purged(step.name, age, amount)
        place = end
    return Purged(step.name, age, amount, whole=False)


def _take_window(
    connection: Connection, step: Step, age: timedelta, place: Place, dry_run: bool
) -> tuple[int, Place | None]:
    """Take what is due among the next rows; return the amount, and where they end."""
    known: dict[str, Any] = {"age": age, "at": place[0], "id": place[1]}
    parts = {name: getattr(step, name) for name in Step.__slots__}
    window = {**known, "window": WINDOW}
    end = connection.first(END.format(**parts), window)
    known |= {"end_at": end and end[0], "end_id": end and end[1]}
    due = DUE.format(**parts)
    statement = due if dry_run else TAKE.format(due=due, action=step.action)
    rows = connection.rows(statement, known)
    if rows and step.afterwards and not dry_run:
        kept = {"ids": [row.id for row in rows], "kept": [row.kept for row in rows]}
        connection.count(step.afterwards, kept)
    return sum(row.amount for row in rows), (end[0], end[1]) if end else None
