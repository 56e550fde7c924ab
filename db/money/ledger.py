"""The ledger in PostgreSQL: each call is one statement, and its own transaction."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from db.database import Database
from db.outages import outages, repeat_once
from db.records.money import Outcome, Reserved, Scope, Spending

RESERVE = "SELECT * FROM reserve_spending(%(asked)s, %(limits)s)"
SETTLE = "SELECT settle_spending(%(spending_id)s, %(outcome)s)"
# Whoever made the call is gone by now: it counts as its worst case, which stays.
SETTLE_LEFT = """
UPDATE spendings SET state = 'settled', settled_at = now(), is_estimated = true
WHERE state = 'reserved' AND created_at < now() - %(age)s
"""
# No call takes so long, and no worker is stopped so slowly.
LEFT_AFTER = timedelta(hours=1)


class PostgresLedger:
    """Reserves, and settles once: safe to call from many threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(
        self,
        spending: Spending,
        limits: Mapping[Scope, int],
        share: Decimal = Decimal(1),
    ) -> Reserved:
        """Write down the worst that a call may cost, unless that is beyond a limit.

        `limits` are in millionths; only a `share` of each may be used. Raises
        StoreUnavailableError: then nothing may be spent, and if it was written all the
        same, it counts until it is swept.
        """
        told = {**_plain(spending), "share": str(share)}
        asked = {"asked": Jsonb(told), "limits": Jsonb(dict(limits))}
        with outages():
            row = self._database.first(RESERVE, asked)
        return Reserved(row.spending_id, row.beyond, tuple(row.told))

    def settle(self, spending_id: int, outcome: Outcome | None) -> tuple[Scope, ...]:
        """Write down what a call cost; None: nothing. Again, it changes nothing.

        Return the budgets of which operators are told by it, again the same ones: for
        the log, since a job tells them. Raises StoreUnavailableError.
        """
        told: dict[str, Any] = {"micros": 0, "is_estimated": False, "is_released": True}
        given = _plain(outcome) if outcome else told
        known = {"spending_id": spending_id, "outcome": Jsonb(given)}
        found = repeat_once(lambda: self._database.scalar(SETTLE, known))
        return tuple(found)

    def settle_left(self, age: timedelta = LEFT_AFTER) -> int:
        """Settle at its worst what is reserved so long; return how many there were.

        Raises StoreUnavailableError.
        """
        left = {"age": age}
        return repeat_once(lambda: self._database.count(SETTLE_LEFT, left))


def _plain(record: Spending | Outcome) -> dict[str, Any]:
    """Return a record's fields as JSON has them."""
    return {
        name: value if isinstance(value, bool | int | None) else str(value)
        for name, value in asdict(record).items()
    }
