"""The database that SQL tools read: asked for one person at a time, and bounded.

Who asks is bound by the bot, as settings of a transaction that only reads: the tables'
own row security decides by them what is seen. That the tables have any is looked at
before each statement; that the role is under it, whenever faults are looked for.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg import RawCursor, errors
from psycopg.rows import tuple_row
from sqlalchemy import exc

from db.database import Connection, Database
from db.errors import Fruitless, FruitlessError
from db.outages import FAILURES, first_line, is_away, reason_of
from db.pool import Limits
from db.records import LookedUp, Lookup
from db.tools.lookups.reach import find_fault
from db.tools.lookups.rights import find_might

SETTING = "TOOLS_DATABASE_URL"
# A few at once: a slow shop's database must not hold all of the worker's answers.
LIMITS = Limits(connections=4, statement_seconds=5.0, pool_seconds=1.0)
CHECK_SECONDS = 5.0
LOCK_SECONDS = 1.0
LEAST_SECONDS = 0.05
MOST_ROWS = 50
MOST_BYTES = 6_000
# No row is longer than all of them may be together, and one more than is told.
WRAPPED = """
SELECT left(row_to_json(row_of_a_lookup)::text, {length}) FROM (
{statement}
) AS row_of_a_lookup LIMIT {rows}
"""
# Bound by the server for this transaction alone; none of it is text of a statement.
WHOSE = """
SELECT set_config('bot.user_id', %(user_id)s, true),
       set_config('bot.address', %(address)s, true),
       set_config('lock_timeout', %(lock)s, true),
       set_config('row_security', 'on', true),
       set_config('standard_conforming_strings', 'on', true)
"""
WITHIN = "SELECT set_config('statement_timeout', %(ms)s, true)"
# Whose the statements are looked at for: nobody's, in the shape that a policy casts.
NOBODY = (str(UUID(int=0)), "whatsapp:+10000000000")
NOT_NOW = "this can't be looked up now"
TOO_LONG = "it took too long and was given up"
NOT_SO = "the database takes no such values: {}"
# What is wrong with the statement, the role or the tables, until somebody mends it.
MENDED = (
    *(psycopg.ProgrammingError, psycopg.NotSupportedError),
    errors.ReadOnlySqlTransaction,
)


class LookupDatabase:
    """Makes lookups for people; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, LIMITS, SETTING)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def find_faults(self, lookups: Mapping[str, Lookup]) -> dict[str, FruitlessError]:
        """Return why lookups can't be made, by their names; the others can.

        Raises FruitlessError where the database can't be asked at all now.
        """
        with _in_words(), self._database.transaction(CHECK_SECONDS) as connection:
            might = find_might(connection)
        if might:
            fault = FruitlessError(NOT_NOW, might, "fault")
            return dict.fromkeys(lookups, fault)
        found = {name: self._find_fault(lookup) for name, lookup in lookups.items()}
        return {name: fault for name, fault in found.items() if fault}

    def ask(
        self,
        lookup: Lookup,
        values: Sequence[Any],
        user_id: UUID,
        address: str,
        seconds: float,
    ) -> LookedUp:
        """Make a lookup for a person, within `seconds`. Raises FruitlessError."""
        until = time.monotonic() + seconds
        with _in_words(), self._reading(str(user_id), address, seconds) as connection:
            if fault := find_fault(connection, lookup, _wrap(lookup), values):
                raise FruitlessError(NOT_NOW, fault, "fault")
            left = until - time.monotonic()
            if left < LEAST_SECONDS:
                raise FruitlessError(TOO_LONG, TOO_LONG, "busy")
            connection.scalar(WITHIN, {"ms": str(int(1000 * left))})
            with RawCursor(connection.driver, row_factory=tuple_row) as cursor:
                # Binary goes by the extended protocol, which takes one statement.
                cursor.execute(_wrap(lookup).encode(), values, binary=True)
                return _bounded([row[0] for row in cursor])

    def _find_fault(self, lookup: Lookup) -> FruitlessError | None:
        nothing = [None] * lookup.values
        try:
            with _in_words(), self._reading(*NOBODY, CHECK_SECONDS) as connection:
                fault = find_fault(connection, lookup, _wrap(lookup), nothing)
        except FruitlessError as error:
            if error.kind == "away":
                raise
            # Without its traceback, which would keep the connection.
            return FruitlessError(str(error), error.why, error.kind)
        return FruitlessError(NOT_NOW, fault, "fault") if fault else None

    @contextmanager
    def _reading(
        self, user_id: str, address: str, seconds: float
    ) -> Iterator[Connection]:
        known = {"user_id": user_id, "address": address, "lock": f"{LOCK_SECONDS}s"}
        with self._database.transaction(seconds, snapshot=True) as connection:
            connection.scalar(WHOSE, known)
            yield connection


def _wrap(lookup: Lookup) -> str:
    bounds = {"length": MOST_BYTES + 1, "rows": MOST_ROWS + 1}
    return WRAPPED.format(statement=lookup.sql, **bounds)


def _bounded(rows: Sequence[str]) -> LookedUp:
    """Return as many rows as fit; the first one is cut rather than left out."""
    kept: list[str] = []
    room = MOST_BYTES
    for row in rows[:MOST_ROWS]:
        size = len(row.encode())
        if size > room:
            cut = row.encode()[:room].decode(errors="ignore")
            return LookedUp((*kept, *([] if kept else [cut])), is_cut=True)
        kept.append(row)
        room -= size
    return LookedUp(tuple(kept), is_cut=len(rows) > MOST_ROWS)


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what the driver raises into a FruitlessError."""
    try:
        yield
    except errors.QueryCanceled:
        raise FruitlessError(TOO_LONG, TOO_LONG, "busy") from None
    except errors.LockNotAvailable:
        why = "somebody else holds what it reads"
        raise FruitlessError(NOT_NOW, why, "busy") from None
    except (psycopg.DataError, exc.DataError) as error:
        told = first_line(error)
        raise FruitlessError(NOT_SO.format(told), told, "values") from None
    except MENDED as error:
        raise FruitlessError(NOT_NOW, first_line(error), "fault") from None
    except FAILURES as error:
        why = reason_of(error, SETTING)
        kind: Fruitless = "away" if is_away(error) else "fault"
        raise FruitlessError(NOT_NOW, why, kind) from None
