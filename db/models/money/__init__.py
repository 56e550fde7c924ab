"""What is spent, and what may be."""

from db.models.money.spendings import budgets, spendings

__all__ = ["budgets", "spendings"]
