"""Erasing from the databases that restores left beside the live one."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from db import schema
from db.beside.left import Left, find_beside
from db.database import Database
from db.errors import OperatorError
from db.outages import FAILURES, explained, first_line
from db.pool import Limits
from db.privacy.erasure import PURGES, erase_again
from db.privacy.tombstones import Graveyard
from db.privacy.traces import Traces, wipe_traces

LIMITS = Limits(connections=2, statement_seconds=60.0, pool_seconds=5.0)
# Writing to what pg_restore fills would spoil it.
IN_USE = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = %(name)s AND backend_type = 'client backend'
"""
BEING_FILLED = (
    "somebody is connected to it (if that is a restore, it erases again by itself "
    "before the bot gets it)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A database beside the live one: how many `people` were erased from it now.

    `fault` tells why nobody was, where that is not known to be right.
    """

    name: str
    people: int = 0
    fault: str | None = None
    traces: Traces = field(default_factory=Traces)


def erase_beside(database: Database, graveyard: Graveyard) -> Iterator[Beside]:
    """Erase whom any tombstone names from each database that a restore left.

    So what one erasure could not reach, the next one does. Raises OperatorError where
    the live database can't tell which there are.
    """
    for left in _find(database):
        with closing(database.beside(left.name, LIMITS)) as beside:
            done = _erase_from(beside, left, database, graveyard)
        if done.fault is None or left in _find(database):
            yield done


def _find(database: Database) -> list[Left]:
    with explained("looking for the databases beside"):
        return find_beside(database)


def _erase_from(
    beside: Database, left: Left, live: Database, graveyard: Graveyard
) -> Beside:
    name = left.name
    try:
        if left.kind != "before" and live.scalar(IN_USE, {"name": name}):
            return Beside(name=name, fault=BEING_FILLED)
        found, needed = schema.current(beside), schema.head()
        if found != needed:
            told = f"it is at migration {found or 'none'}, and this code needs {needed}"
            return Beside(name=name, fault=told)
        people = erase_again(live, beside, graveyard)
    except (OperatorError, *FAILURES) as error:
        cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
        return Beside(name=name, fault=first_line(cause))
    traces = wipe_traces(beside, PURGES) if people else Traces()
    return Beside(name=name, people=people, traces=traces)
