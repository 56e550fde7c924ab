"""A spending, from its reservation to what came of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args
from uuid import UUID

# reserved: the call may be under way, and counts as its worst case. settled: what it
# cost is known, or estimated. released: it cost nothing.
SpendingState = Literal["reserved", "settled", "released"]
SPENDING_STATES: tuple[SpendingState, ...] = get_args(SpendingState)

# What a budget is for: one answer, a person's day, everybody's day and month. Those of
# a period have a row each, which is locked in the order of their names.
Scope = Literal["answer", "day", "month", "person"]
MILLION = 1_000_000  # amounts are whole millionths of a currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a call may cost at worst, in millionths of a currency, and what it is for.

    `day` is the business's own. `message_sid` is the last of the messages that it is
    made for; those of nobody (documents) have neither user nor chat. `priced_on` is
    the date of the prices. `is_unknown`: nobody set a price, and the worst one counts.
    """

    purpose: str
    model: str
    micros: int
    currency: str
    priced_on: date
    day: date
    is_unknown: bool = False
    user_id: UUID | None = None
    chat_id: str | None = None
    message_sid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a call cost, and what was counted of it; None: that was not told.

    Cached tokens are among the input's, reasoning ones among the output's.
    """

    micros: int
    is_estimated: bool = False
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    seconds: Decimal | None = None
    characters: int | None = None


@dataclass(frozen=True, slots=True)
class Reserved:
    """A reservation, or the budget `beyond` which it would have been.

    `told` are the budgets of which operators are told by it, once: for the log, since a
    job tells them.
    """

    spending_id: int | None = None
    beyond: Scope | None = None
    told: tuple[Scope, ...] = ()
