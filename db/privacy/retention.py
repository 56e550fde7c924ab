"""Retention: what is old is closed, moved, and deleted, in small transactions.

Each transaction looks at some hundred rows and leaves alone what somebody works on; the
next run finds it. So a run may be killed anywhere, repeated, or run twice at once.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from db.database import Connection, Database
from db.outages import COLLISIONS, outages
from db.privacy import steps
from db.privacy.ages import Ages
from db.privacy.foreseen import foresee
from db.privacy.indexing import index_again
from db.privacy.steps import LOCK_TIMEOUT, MOST_SECONDS, Step

WINDOW = 500
INDEXED = "past chats indexed again"  # once, after a migration that asks for it
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
Window = Callable[[Connection, Place], tuple[int, Place | None]]


@dataclass(frozen=True, slots=True)
class Purged:
    """What a step did, or would do; `age` None: it is switched off. Zero: any age.

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
    With `dry_run` it counts what a run would do now, step upon step, and changes
    nothing. Raises OperatorError where the database is away; what is done stays done.
    """
    deadline = time.monotonic() + seconds

    def is_over() -> bool:
        return stopping() or time.monotonic() >= deadline

    with outages():
        for step, age in _plan(ages):
            if age is None:
                yield Purged(step.name, None)
            elif dry_run:
                yield _foresee(database, step, age, ages, is_over)
            else:
                take = partial(_take_window, step=step, age=age)
                yield _walk(database, step, age, take, is_over)
        if not dry_run:
            yield from _index_again(database, is_over)


def _index_again(database: Database, is_over: Callable[[], bool]) -> Iterator[Purged]:
    if indexed := index_again(database, is_over):
        amount, whole = indexed
        yield Purged(INDEXED, timedelta(0), amount, whole)


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


def _foresee(
    database: Database,
    step: Step,
    age: timedelta,
    ages: Ages,
    is_over: Callable[[], bool],
) -> Purged:
    """Count what a step would do once those before it were done."""
    counted = []
    for foreseen in foresee(step):
        count = partial(_count_window, step=foreseen, age=age, ages=ages)
        counted.append(_walk(database, step, age, count, is_over))
    amount = sum(purged.amount for purged in counted)
    return Purged(step.name, age, amount, all(purged.whole for purged in counted))


def _walk(
    database: Database,
    step: Step,
    age: timedelta,
    work: Window,
    is_over: Callable[[], bool],
) -> Purged:
    amount, place = 0, FIRST
    while not is_over():
        try:
            with database.transaction(MOST_SECONDS) as connection:
                connection.count(LOCK_TIMEOUT)
                found, end = work(connection, place)
        except COLLISIONS:
            break  # somebody works on these rows: the next run takes them
        amount += found
        if end is None:
            return Purged(step.name, age, amount)
        place = end
    return Purged(step.name, age, amount, whole=False)


def _take_window(
    connection: Connection, place: Place, *, step: Step, age: timedelta
) -> tuple[int, Place | None]:
    """Take what is due among the next rows; return the amount, and where they end."""
    end, known = _find_end(connection, step, {"age": age}, place)
    statement = TAKE.format(due=_fill(DUE, step), action=step.action)
    rows = connection.rows(statement, known)
    if rows and step.afterwards:
        kept = {"ids": [row.id for row in rows], "kept": [row.kept for row in rows]}
        connection.count(step.afterwards, kept)
    return sum(row.amount for row in rows), end


def _count_window(
    connection: Connection, place: Place, *, step: Step, age: timedelta, ages: Ages
) -> tuple[int, Place | None]:
    """Count what is due among the next rows, as `_take_window` would take it."""
    end, known = _find_end(connection, step, {**asdict(ages), "age": age}, place)
    return sum(row.amount for row in connection.rows(_fill(DUE, step), known)), end


def _find_end(
    connection: Connection, step: Step, known: dict[str, Any], place: Place
) -> tuple[Place | None, dict[str, Any]]:
    """Return where the next rows end, None if all are left, and what a query needs."""
    known = {**known, "at": place[0], "id": place[1], "window": WINDOW}
    end = connection.first(_fill(END, step), known)
    known |= {"end_at": end and end[0], "end_id": end and end[1]}
    return (end[0], end[1]) if end else None, known


def _fill(statement: str, step: Step) -> str:
    return statement.format(**{name: getattr(step, name) for name in Step.__slots__})
