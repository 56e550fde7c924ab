"""The money of evaluation: in the ledger, and beside everybody's budgets."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal

from db.database import Database
from db.outages import outages, repeat_once
from db.records.money import Outcome, Reserved, Scope, Spending

# Of nobody: it is not spent for whom it is about, and uses up nothing of theirs.
RESERVE = """
INSERT INTO spendings (purpose, model, state, micros, currency, priced_on, is_unknown,
                       day)
VALUES (%(purpose)s, %(model)s, 'reserved', %(micros)s, %(currency)s, %(priced_on)s,
        %(is_unknown)s, %(day)s)
RETURNING id
"""
SETTLE = """
UPDATE spendings SET settled_at = now(), micros = %(micros)s,
  state = 'settled', is_estimated = %(is_estimated)s, input_tokens = %(input_tokens)s,
  cached_tokens = %(cached_tokens)s, output_tokens = %(output_tokens)s,
  reasoning_tokens = %(reasoning_tokens)s, seconds = %(seconds)s,
  characters = %(characters)s
WHERE id = %(id)s AND state = 'reserved'
"""
RELEASE = """
UPDATE spendings SET settled_at = now(), micros = 0, state = 'released'
WHERE id = %(id)s AND state = 'reserved'
"""


class SpendingsApart:
    """A meter's ledger whose spendings count in no budget: see bot.money.meter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(
        self, spending: Spending, _limits: Mapping[Scope, int], _share: Decimal
    ) -> Reserved:
        """Write down the worst that a call may cost. Raises StoreUnavailableError."""
        with outages():
            return Reserved(self._database.scalar(RESERVE, asdict(spending)))

    def settle(self, spending_id: int, outcome: Outcome | None) -> tuple[Scope, ...]:
        """Write down what a call cost; None: nothing. Raises StoreUnavailableError."""
        known = {"id": spending_id, **(asdict(outcome) if outcome else {})}
        statement = SETTLE if outcome else RELEASE
        repeat_once(lambda: self._database.count(statement, known))
        return ()
