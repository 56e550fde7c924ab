"""What an operator decided about money: prices, budgets, and what holds beyond them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Literal

from bot.environment import Reader
from bot.llm.account import MODEL, MODEL_HINT
from bot.money.prices import Prices, PricesError, read_prices
from db.records.money import MILLION, Scope

Beyond = Literal["line", "person"]
# The settings of budgets; turns of ours name the one for which there was no answer.
BUDGETS: Mapping[str, Scope] = {
    "BUDGET_ANSWER": "answer",
    "BUDGET_PERSON_DAY": "person",
    "BUDGET_DAY": "day",
    "BUDGET_MONTH": "month",
}
MOST = Decimal(1_000_000_000)
AMOUNT_HINT = "an amount of money above 0, such as 2.50"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyPolicy:
    """Without `prices` nothing is counted, and no budget can be set.

    `limits` are in millionths of the prices' currency. Once four fifths of one are
    used, the model `cheap` answers; beyond it a polite `line` is said, once a day, or a
    `person` is called.
    """

    prices: Prices | None = None
    limits: Mapping[Scope, int] = field(default_factory=dict)
    cheap: str | None = None
    beyond: Beyond = "line"
    timezone: tzinfo = UTC


def name_of(scope: Scope) -> str:
    """Return the setting of a budget."""
    return next(name for name, of in BUDGETS.items() if of == scope)


def read_money(read: Reader) -> MoneyPolicy:
    """Return what is set; what is wrong is collected by the reader."""
    limits = {scope: _read_amount(read, name) for name, scope in BUDGETS.items()}
    cheap = read.text("OPENAI_MODEL_CHEAP", MODEL, MODEL_HINT)
    person = read.text("BUDGET_BEYOND", "line|person", "line or person") == "person"
    prices = _read_prices(read)
    set_without = [name for name, scope in BUDGETS.items() if limits[scope]]
    if not read.is_set("PRICES"):
        for name in set_without:
            read.problems[name] = "must have PRICES beside it"
    if cheap and not set_without:
        told = "must have a budget beside it, such as BUDGET_DAY"
        read.problems.setdefault("OPENAI_MODEL_CHEAP", told)
    return MoneyPolicy(
        prices=prices,
        limits={scope: most for scope, most in limits.items() if most},
        cheap=cheap,
        beyond="person" if person else "line",
        timezone=read.zone("TIMEZONE", UTC),
    )


def _read_prices(read: Reader) -> Prices | None:
    path = read.text("PRICES")
    text = read.file("PRICES", path) if path else None
    if text is None:
        return None
    try:
        return read_prices(text)
    except PricesError as error:
        read.problems["PRICES"] = f"must name a file of prices: this one {error}"
        return None


def _read_amount(read: Reader, name: str) -> int | None:
    return read.parsed(name, _to_micros, None, AMOUNT_HINT)


def _to_micros(told: str) -> int | None:
    try:
        amount = Decimal(told)
    except InvalidOperation as error:
        raise ValueError from error
    if not amount.is_finite() or not 0 < amount <= MOST or amount * MILLION < 1:
        raise ValueError
    return int(amount * MILLION)
