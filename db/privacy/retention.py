"""Retention: what is old is closed, moved, and deleted, in small transactions.

Each transaction looks at some hundred rows and leaves alone what somebody works on; the
next run finds it. So a run may be killed anywhere, repeated, or run twice at once.

Old notes are looked for in all chats. An hourly run looks at some of them, in turns: it
goes on where the last one stopped, so that what comes after gets its time, and each
chat its turn.
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
from db.privacy.acting import steps as acted
from db.privacy.ages import Ages
from db.privacy.broadcasts import steps as sent
from db.privacy.cases import steps as judged
from db.privacy.foreseen import foresee
from db.privacy.indexing import index_again
from db.privacy.money import steps as spent
from db.privacy.proposals import steps as proposed
from db.privacy.steps import LOCK_TIMEOUT, MOST_SECONDS, Step
from db.privacy.support import steps as support
from db.privacy.understanding import steps as understood

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
# The next rows are found in their order, as by END: PostgreSQL takes what is due for a
# third of the table, and would look at all of it.
DUE = """
SELECT {id} AS id, {amount} AS amount, {kept} AS kept FROM {table}
WHERE {coarse} AND {fine} AND ({at}, {id}) > (%(at)s, %(id)s)
  AND {id} IN (
    SELECT {id} FROM {table} WHERE {coarse} AND ({at}, {id}) > (%(at)s, %(id)s)
    ORDER BY {at}, {id} LIMIT %(window)s)
"""
TAKE = """
WITH due AS MATERIALIZED ({due} {lock}), {action}
SELECT id, amount, kept FROM due
"""
# Two runs at once share the work: each window waits for the other's.
PLACE = """
SELECT after_created_at, after_chat_id FROM retention_places
WHERE table_name = %(table)s FOR UPDATE
"""
KEEP_PLACE = """
INSERT INTO retention_places (table_name, after_created_at, after_chat_id)
VALUES (%(table)s, %(at)s, %(id)s) ON CONFLICT (table_name) DO UPDATE
SET after_created_at = EXCLUDED.after_created_at, after_chat_id = EXCLUDED.after_chat_id
"""
BEGIN_ANEW = "DELETE FROM retention_places WHERE table_name = %(table)s"

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


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a run takes, and how many windows of rows are a turn; None: all."""

    seconds: float = math.inf
    turn: int | None = None


def run_retention(
    database: Database,
    ages: Ages,
    *,
    dry_run: bool = False,
    bounds: Bounds = Bounds(),
    stopping: Callable[[], bool] = lambda: False,
) -> Iterator[Purged]:
    """Do what is due, and yield what each step did.

    It ends between two transactions when its seconds are over or `stopping` says so.
    A step that goes in turns ends after one, and remembers where; without turns it
    looks at all there is. With `dry_run` it counts what a whole run would do now and
    changes nothing. Raises OperatorError where the database is away.
    """
    deadline = time.monotonic() + bounds.seconds

    def is_over() -> bool:
        return stopping() or time.monotonic() >= deadline

    with outages():
        for step, age in _plan(ages):
            if age is None:
                yield Purged(step.name, None)
            elif dry_run:
                yield _foresee(database, step, age, ages, is_over)
            else:
                yield _run(database, step, age, bounds, is_over)
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
        (steps.DROP_GAPS, ages.delete_archived),
        *_plan_of_rooms(ages),
        (steps.DROP_JOBS, ages.drop_records),
        (steps.DROP_INBOUND, ages.drop_records),
        (steps.DROP_ERASED_SIDS, max(ages.drop_records, ERASED_SIDS_AFTER)),
        (steps.DROP_EARLY_STATUSES, EARLY_STATUSES_AFTER),
        (support.DELETE_TICKETS, ages.delete_archived),
        (support.DROP_LOOKS, ages.delete_archived),
        (support.DROP_ALERTS, ages.drop_records),
        (support.DROP_INVITATIONS, support.FAILURES_AFTER),
        (support.DROP_LOGINS, support.LOGINS_AFTER),
        (support.DROP_FAILURES, support.FAILURES_AFTER),
        (support.DROP_AUDIT, support.AUDIT_AFTER),
    ]


def _plan_of_rooms(ages: Ages) -> list[tuple[Step, timedelta | None]]:
    """Return the steps about media, what was told, done and judged, and money."""
    return [
        (understood.DROP_BYTES, ages.drop_media),
        (understood.DROP_PIECES, ages.drop_media),
        (understood.DROP_UNNAMED, understood.UNNAMED_AFTER),
        (understood.DROP_MEDIA, ages.delete_archived),
        (understood.DROP_FACTS, ages.delete_archived),
        (understood.DROP_FEEDBACK, ages.delete_archived),
        (acted.DROP_CALLS, ages.delete_archived),
        (acted.DROP_SCHEDULED, ages.delete_archived),
        (acted.DROP_PROMPTS, ages.delete_archived),
        (acted.DROP_REPLAYS, ages.delete_archived),
        (spent.DROP_SPENDINGS, spent.kept_for(ages.delete_archived)),
        (spent.DROP_BUDGETS, spent.kept_for(ages.delete_archived)),
        (sent.DROP_BROADCASTS, ages.delete_archived),
        (judged.DROP_CASES, ages.delete_archived),
        (judged.DROP_EVALUATIONS, ages.delete_archived),
        (proposed.DROP_PROPOSALS, ages.delete_archived),
        (proposed.DROP_RULES, ages.delete_archived),
    ]


def _run(
    database: Database,
    step: Step,
    age: timedelta,
    bounds: Bounds,
    is_over: Callable[[], bool],
) -> Purged:
    if bounds.turn is None or step not in steps.IN_TURNS:
        take = partial(_take_window, step=step, age=age)
        return _walk(database, step, age, take, is_over)
    take, left = partial(_take_in_turn, step=step, age=age), iter(range(bounds.turn))
    return _walk(
        database, step, age, take, lambda: is_over() or next(left, None) is None
    )


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
    due = _fill(DUE, step)
    statement = TAKE.format(due=due, lock=step.lock, action=step.action)
    rows = connection.rows(statement, known)
    if rows and step.afterwards:
        kept = {"ids": [row.id for row in rows], "kept": [row.kept for row in rows]}
        connection.count(step.afterwards, kept)
    return sum(row.amount for row in rows), end


def _take_in_turn(
    connection: Connection, _: Place, *, step: Step, age: timedelta
) -> tuple[int, Place | None]:
    """Take what is due among the rows after the remembered place, and move that."""
    known: dict[str, Any] = {"table": step.table.partition(" ")[0]}
    place = connection.first(PLACE, known) or FIRST
    amount, end = _take_window(connection, (place[0], place[1]), step=step, age=age)
    if end is None:
        connection.count(BEGIN_ANEW, known)
    else:
        connection.count(KEEP_PLACE, {**known, "at": end[0], "id": end[1]})
    return amount, end


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
    return (end[0], end[1]) if end else None, known


def _fill(statement: str, step: Step) -> str:
    return statement.format(**{name: getattr(step, name) for name in Step.__slots__})
