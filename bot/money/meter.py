"""What stands before and after each call that costs something.

Before it, its worst case is reserved, or refused; after it, what it used is settled, or
released where it cost nothing. Whoever dies between leaves the worst case standing.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Protocol

from bot.llm.endpoint import Asking, Told
from bot.llm.protocol import LLMError
from bot.money.prices import ModelPrices, Prices
from bot.money.usage import Usage, used_by
from bot.money.whom import find_whom
from db.errors import OperatorError, StoreUnavailableError
from db.records.money import Outcome, Reserved, Scope, Spending

log = logging.getLogger(__name__)

# What may be spent, in millionths; what is not named is not bounded.
Limits = Mapping[Scope, int]


class BudgetSpentError(LLMError):
    """A call would have been beyond a budget: it was not made."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"the budget of the {scope} is spent: see `bot stats --money`")
        self.scope = scope


class Ledger(Protocol):
    """Where spendings are written down."""

    def reserve(
        self, spending: Spending, limits: Limits, share: Decimal, /
    ) -> Reserved:
        """Write down a call's worst case, unless it is beyond a share of a limit.

        Raises StoreUnavailableError.
        """

    def settle(self, spending_id: int, outcome: Outcome | None, /) -> tuple[Scope, ...]:
        """Write down what it cost; None: nothing. Return the budgets that it told of.

        Raises StoreUnavailableError.
        """


@dataclass(slots=True)
class Measured:
    """What a call used, told once it is over; None: its worst case is taken for it."""

    used: Usage | None = None
    is_estimated: bool = False


def tell_log(scopes: tuple[Scope, ...]) -> None:
    """Tell the log of budgets that are nearly used: operators hear of them by a job."""
    for scope in scopes:
        log.error(
            "four fifths of the budget of the %s are used: see `bot stats --money`",
            scope,
        )


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts what calls cost by an operator's prices, and holds it within limits.

    Days are those of `timezone`. `tell` is called with the budgets that are nearly used
    by it, once each, for the log: a job that is deferred with them tells operators.
    """

    ledger: Ledger
    prices: Prices
    limits: Limits = field(default_factory=dict)
    timezone: tzinfo = UTC
    tell: Callable[[tuple[Scope, ...]], None] = tell_log

    @contextmanager
    def measuring(
        self, purpose: str, model: str, worst: Usage, share: Decimal = Decimal(1)
    ) -> Iterator[Measured]:
        """Reserve a call's worst case, have it made inside, and settle it.

        Only a `share` of each limit may be used. Raises BudgetSpentError, and LLMError
        where the ledger can't be written: then the call is not made.
        """
        spending = self._price(purpose, model, worst)
        spending_id = self._reserve(spending, share)
        measured = Measured()
        try:
            yield measured
        except LLMError as error:
            self._settle(spending_id, self._after(error, spending))
            raise
        except BaseException:
            self._settle(spending_id, _at_worst(spending))
            raise
        self._settle(spending_id, self._outcome(spending, measured))

    @contextmanager
    def measure(self, asking: Asking) -> Iterator[Told]:
        """Measure a call beside the LLM's chat: see bot.llm.endpoint."""
        seconds = Decimal(str(round(asking.seconds, 3)))
        worst = Usage(
            input_tokens=asking.input_bytes,
            seconds=seconds,
            characters=asking.characters,
        )
        told = Told()
        with self.measuring(asking.purpose, asking.model, worst) as measured:
            yield told
            measured.used = _used(worst, told)
            unknown = asking.input_bytes and told.tokens is None
            measured.is_estimated = bool(unknown or (seconds and told.seconds is None))
            told.micros = self.prices.find(asking.model)[0].cost(measured.used)

    def _price(self, purpose: str, model: str, worst: Usage) -> Spending:
        prices, is_known = self.prices.find(model)
        whom = find_whom()
        return Spending(
            purpose=purpose,
            model=model,
            micros=prices.cost(worst),
            currency=self.prices.currency,
            priced_on=self.prices.date,
            day=datetime.now(self.timezone).date(),
            is_unknown=not is_known,
            user_id=whom.user_id,
            chat_id=whom.chat_id,
            message_sid=whom.message_sid,
        )

    def _reserve(self, spending: Spending, share: Decimal) -> int:
        try:
            reserved = self.ledger.reserve(spending, self.limits, share)
        except OperatorError as error:
            raise LLMError(f"what it costs can't be written down: {error}") from None
        if reserved.told:
            self.tell(reserved.told)
        if reserved.spending_id is None:
            raise BudgetSpentError(reserved.beyond or "day")
        return reserved.spending_id

    def _settle(self, spending_id: int, outcome: Outcome | None) -> None:
        """Settle it; where that fails, its worst case counts, and is swept later."""
        try:
            told = self.ledger.settle(spending_id, outcome)
        except StoreUnavailableError as error:
            log.warning("a spending counts as its worst case: %s", error)
            return
        if told:
            self.tell(told)

    def _after(self, error: LLMError, spending: Spending) -> Outcome | None:
        """Return what a call cost that failed; None: nothing."""
        if used := error.tokens and used_by(error.tokens):
            return self._outcome(spending, Measured(used))
        return _at_worst(spending) if error.may_cost else None

    def _outcome(self, spending: Spending, measured: Measured) -> Outcome:
        used = measured.used
        if used is None:
            return _at_worst(spending)
        prices, _ = self.prices.find(spending.model)
        return replace(_told(prices, used), is_estimated=measured.is_estimated)


def _told(prices: ModelPrices, used: Usage) -> Outcome:
    return Outcome(
        micros=prices.cost(used),
        input_tokens=used.input_tokens or None,
        cached_tokens=used.cached_tokens or None,
        output_tokens=used.output_tokens or None,
        reasoning_tokens=used.reasoning_tokens or None,
        seconds=used.seconds or None,
        characters=used.characters or None,
    )


def _at_worst(spending: Spending) -> Outcome:
    return Outcome(micros=spending.micros, is_estimated=True)


def _used(worst: Usage, told: Told) -> Usage:
    """Return what was used: where that was not told, what it was at worst."""
    tokens = worst.input_tokens if told.tokens is None else told.tokens
    seconds = worst.seconds
    if told.seconds is not None:
        seconds = Decimal(str(round(told.seconds, 3)))
    return replace(worst, input_tokens=tokens, seconds=seconds)
