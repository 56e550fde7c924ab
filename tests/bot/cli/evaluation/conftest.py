"""A bakery whose past is replayed."""

from tests.bot.evaluation.conftest import bakery

__all__ = ["bakery"]
