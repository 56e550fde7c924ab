"""Errors that speak to the person who runs the bot."""

from typing import Literal


class OperatorError(Exception):
    """Says what happened and what to do; shown without a stack trace."""


class StoreUnavailableError(OperatorError):
    """The store can't be reached now; the same call may go through later."""


# Why a lookup found nothing out. away: the database is; busy: it took too long, or
# waited for somebody; both pass by themselves. values: those that it was given. fault:
# it can't be made until somebody mends it.
Fruitless = Literal["away", "busy", "values", "fault"]


class FruitlessError(Exception):
    """A lookup found nothing out; its text is for the LLM that asked.

    `why` is for the operator.
    """

    def __init__(self, told: str, why: str, kind: Fruitless) -> None:
        super().__init__(told)
        self.why = why
        self.kind = kind
