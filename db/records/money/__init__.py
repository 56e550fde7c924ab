"""What is spent, and what may be, as everyone passes it around."""

from db.records.money.spendings import (
    MILLION,
    SPENDING_STATES,
    Outcome,
    Reserved,
    Scope,
    Spending,
    SpendingState,
)

__all__ = [
    "MILLION",
    "SPENDING_STATES",
    "Outcome",
    "Reserved",
    "Scope",
    "Spending",
    "SpendingState",
]
