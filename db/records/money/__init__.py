"""What is spent, and what may be, as everyone passes it around."""

from db.records.money.spendings import (
    SCOPES,
    SPENDING_STATES,
    Outcome,
    Reserved,
    Scope,
    Spending,
    SpendingState,
)

__all__ = [
    "SCOPES",
    "SPENDING_STATES",
    "Outcome",
    "Reserved",
    "Scope",
    "Spending",
    "SpendingState",
]
