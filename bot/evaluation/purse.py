"""What a run may spend, and what it spent: held before each call is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from bot.money.meter import Ledger
from db.records.money import MILLION, Outcome, Reserved, Scope, Spending


class Till(Protocol):
    """What a run may spend where others see it: whoever is killed leaves it as it is.

    Raises StoreUnavailableError.
    """

    def take(self, micros: int, /) -> bool:
        """Take so much out of it; False: there is less."""

    def give_back(self, micros: int, /) -> None:
        """Put back what was not spent."""


@dataclass(slots=True)
class Purse:
    """A meter's ledger that refuses what would be beyond `most_micros`; None: nothing.

    Amounts are millionths. What is reserved counts as spent at its worst. What is in a
    `till` bounds all who spend out of it, one after the other or at once.
    """

    ledger: Ledger
    most_micros: int | None = None
    spent_micros: int = 0
    till: Till | None = None
    _open: dict[int, int] = field(default_factory=dict)

    @property
    def spent(self) -> Decimal:
        """What was spent, in the currency of PRICES."""
        return Decimal(self.spent_micros) / MILLION

    def has(self, micros: int) -> bool:
        """Tell whether so much may be spent yet."""
        return self.most_micros is None or (
            self.spent_micros + micros <= self.most_micros
        )

    def reserve(
        self, spending: Spending, limits: Mapping[Scope, int], share: Decimal
    ) -> Reserved:
        """Write down a call's worst case, unless it is beyond: see Ledger."""
        if not self.has(spending.micros):
            return Reserved(beyond="answer")
        if self.till and not self.till.take(spending.micros):
            return Reserved(beyond="answer")
        reserved = self.ledger.reserve(spending, limits, share)
        if reserved.spending_id is not None:
            self._open[reserved.spending_id] = spending.micros
            self.spent_micros += spending.micros
        return reserved

    def settle(self, spending_id: int, outcome: Outcome | None) -> tuple[Scope, ...]:
        """Write down what it cost; None: nothing. See Ledger."""
        told = self.ledger.settle(spending_id, outcome)
        worst = self._open.pop(spending_id, 0)
        spent = outcome.micros if outcome else 0
        self.spent_micros += spent - worst
        if self.till and worst != spent:
            self.till.give_back(worst - spent)
        return told
