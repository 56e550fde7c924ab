"""What things cost, as an operator wrote it down: the file that PRICES names."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

from bot.money.usage import Usage
from db.records.money import MILLION

Table = Mapping[str, Any]
# The dearest of anything: what is more is a slip of the pen.
MOST = Decimal(1_000_000)
MOST_MODELS, MOST_PREFIXES = 500, 1000
# What a picture counts for at most, where nothing else is said: the models that count
# the most for one are at 48,169 tokens.
PICTURE_TOKENS = 50_000
TOP = ("currency", "date", "unknown", "models", "whatsapp")
OF_MODEL = (
    "input", "cached_input", "output", "reasoning", "minute", "characters",
    "picture_tokens",
)  # fmt: skip
OF_UNKNOWN = ("input", "output", "minute", "characters", "message")


class PricesError(ValueError):
    """What is wrong with the file, in words for an operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrices:
    """Of a million tokens read, cached or written; a minute heard; a million spoken."""

    input: Decimal
    cached_input: Decimal
    output: Decimal
    reasoning: Decimal
    minute: Decimal
    characters: Decimal
    picture_tokens: int = PICTURE_TOKENS

    def cost(self, used: Usage) -> int:
        """Return what that costs, in millionths of the currency, rounded up."""
        read = used.input_tokens - used.cached_tokens
        read += used.pictures * self.picture_tokens
        said = used.output_tokens - used.reasoning_tokens
        # A million of them costs so much: one costs so many millionths.
        tokens = read * self.input + used.cached_tokens * self.cached_input
        tokens += said * self.output + used.reasoning_tokens * self.reasoning
        tokens += used.characters * self.characters
        whole = tokens + used.seconds * self.minute * MILLION / 60
        return int(whole.to_integral_value(rounding=ROUND_CEILING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """All prices of a file; `unknown` counts for models that it does not name.

    `messages` are prices of one message by the prefix of a number, such as `+49`; None:
    messages are not counted. `unknown_message` is what counts for other numbers.
    """

    currency: str
    date: date
    unknown: ModelPrices
    unknown_message: Decimal
    models: Mapping[str, ModelPrices] = field(default_factory=dict)
    messages: Mapping[str, Decimal] | None = None

    @property
    def parts_cost(self) -> bool:
        """Tell whether messages cost something: then a reply has as few as it can."""
        each = () if self.messages is None else self.messages.values()
        return any(each) or (self.messages is not None and self.unknown_message > 0)

    def find(self, model: str) -> tuple[ModelPrices, bool]:
        """Return a model's prices, and whether they are its own."""
        own = self.models.get(model)
        return own or self.unknown, own is not None


def read_prices(text: str) -> Prices:
    """Return the prices of a file's text. Raises PricesError."""
    try:
        found = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise PricesError("is no TOML") from None
    _expect(found, TOP, "it")
    currency, dated = found.get("currency"), found.get("date")
    if not isinstance(currency, str) or not 1 <= len(currency.strip()) <= 8:
        raise PricesError("has to name its currency, such as USD")
    if type(dated) is not date:
        raise PricesError("has to have a date, such as 2026-11-01")
    models = _table(found, "models")
    if len(models) > MOST_MODELS:
        raise PricesError(f"has more than {MOST_MODELS} models")
    worst = _table(found, "unknown")
    _expect(worst, OF_UNKNOWN, "[unknown]")
    return Prices(
        currency=currency.strip(),
        date=dated,
        unknown=_read_unknown(worst),
        unknown_message=_price(worst, "message", "[unknown]"),
        models={name: _read_model(models, name, worst) for name in models},
        messages=_read_messages(_table(found, "whatsapp")) if "whatsapp" in found
        else None,
    )  # fmt: skip


def _read_unknown(worst: Table) -> ModelPrices:
    price = {name: _price(worst, name, "[unknown]") for name in OF_UNKNOWN}
    return ModelPrices(
        input=price["input"],
        cached_input=price["input"],
        output=price["output"],
        reasoning=price["output"],
        minute=price["minute"],
        characters=price["characters"],
    )


def _read_model(models: Table, name: str, worst: Table) -> ModelPrices:
    """Return a model's prices: what is not said of it is the worst, never nothing."""
    where = f"[models.{name}]"
    told = _table(models, name)
    _expect(told, OF_MODEL, where)
    given = {**worst, **told}
    price = {n: _price(given, n, where) for n in ("input", "output", "minute")}
    return ModelPrices(
        **price,
        cached_input=_price({"cached_input": price["input"], **told}, "cached_input",
                            where),
        reasoning=_price({"reasoning": price["output"], **told}, "reasoning", where),
        characters=_price(given, "characters", where),
        picture_tokens=_whole(told, "picture_tokens", PICTURE_TOKENS, where),
    )  # fmt: skip


def _read_messages(told: Table) -> dict[str, Decimal]:
    if len(told) > MOST_PREFIXES:
        raise PricesError(f"has more than {MOST_PREFIXES} prefixes")
    for prefix in told:
        if not (prefix[:1] == "+" and prefix[1:].isdecimal() and len(prefix) <= 16):
            raise PricesError('[whatsapp] wants prefixes such as "+49"')
    return {prefix: _price(told, prefix, "[whatsapp]") for prefix in told}


def _table(found: Table, name: str) -> Table:
    table = found.get(name, {})
    if not isinstance(table, dict):
        raise PricesError(f"{name} has to be a table")
    return table


def _expect(table: Table, known: tuple[str, ...], where: str) -> None:
    for name in table:
        if name not in known:
            raise PricesError(f"{where} knows no {name}, but {', '.join(known)}")


def _price(table: Table, name: str, where: str) -> Decimal:
    value = table.get(name)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        price = Decimal(value)
        if price.is_finite() and 0 <= price <= MOST:
            return price
    raise PricesError(f"{where} wants {name}: a number from 0 to {MOST:,}")


def _whole(table: Table, name: str, default: int, where: str) -> int:
    value = table.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise PricesError(f"{where} wants {name}: a whole number")
    return value
