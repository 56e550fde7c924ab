"""What a question says of price and stock, and the products that fit it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol
from unicodedata import normalize
from uuid import UUID

import regex

from bot.knowledge.catalogues.price_words import (
    BOTH,
    BOUNDS,
    CHEAP,
    DEAR,
    EMPTY,
    ENDS,
    NO_STOCK,
    STOCK,
    UNSPACED,
    Bound,
)
from bot.knowledge.catalogues.prices import AmountError, find_currency, read_amount
from bot.knowledge.words import split_words
from db.records.products import Fitting, PriceRange

MOST_CHARACTERS = 500  # longer ones ask for more than a price
MOST_LOOKED_AT = 200
MOST_FOUND = 10
# Of what fits the words at all: as well as half of the best one.
NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks of price and stock; `words` are those of the rest."""

    within: PriceRange
    words: tuple[str, ...]


class ProductStore(Protocol):
    """Finds products by price, stock and words."""

    def find_within(
        self,
        words: Sequence[str],
        within: PriceRange,
        user_id: UUID,
        most: int,
        seconds: float,
        /,
    ) -> Sequence[Fitting]:
        """Return products, the best fitting first."""


def find_products(
    products: ProductStore, question: str, user_id: UUID, seconds: float
) -> list[tuple[int, float]]:
    """Return chunks of products that a question asks for by price or stock.

    Each with a score, 0 to 1, the best first; none where it says nothing of either. It
    may raise what the store raises.
    """
    asked = read_range(question)
    if asked is None:
        return []
    found = products.find_within(
        asked.words, asked.within, user_id, MOST_LOOKED_AT, seconds
    )
    best = max((fitting.weight for fitting in found), default=0.0)
    if not best and asked.words and not asked.within.is_priced():
        return []  # of what is in stock nothing was asked for by a name that is known
    near = [fitting for fitting in found if fitting.weight >= NEAR * best]
    if asked.within.order is not None:
        near.sort(key=_price, reverse=asked.within.order == "dearest")
    return [
        (fitting.chunk_id, fitting.weight / best if best else 1.0)
        for fitting in near[:MOST_FOUND]
    ]


def _price(fitting: Fitting) -> Decimal:
    return Decimal(0) if fitting.price is None else fitting.price


def read_range(question: str) -> Asked | None:
    """Return what a question says of price and stock; None if it says nothing."""
    text = _plain(question[:MOST_CHARACTERS])
    rest, within = _read_bounds(text)
    bounds = within or PriceRange()
    if CHEAP.search(rest):
        bounds = replace(bounds, order="cheapest")
    elif DEAR.search(rest):
        bounds = replace(bounds, order="dearest")
    if STOCK.search(rest) and not NO_STOCK.search(rest):
        bounds = replace(bounds, in_stock=True)
    if bounds == PriceRange():
        return None
    for pattern in (CHEAP, DEAR, STOCK):
        rest = pattern.sub(" ", rest)
    return Asked(bounds, _words(rest))


def _plain(question: str) -> str:
    folded = normalize("NFKC", question).casefold()
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in folded)


def _read_bounds(text: str) -> tuple[str, PriceRange | None]:
    """Return the text without its bounds, and what they are."""
    for found in BOTH.finditer(text):
        between = _read_both(found)
        if between is not None:
            return _without(text, found), between
    bounds: PriceRange | None = None
    is_money = False
    # Once a currency was read, "over 10 and" needs none.
    for bound in (*BOUNDS, *BOUNDS):
        for found in bound.pattern.finditer(text):
            one = _read_one(found, bound, is_money=is_money)
            if one is None:
                continue
            bounds = one if bounds is None else _joined(bounds, one)
            is_money = bounds.currency is not None
            text = _without(text, found)
            break
    return text, bounds


def _read_both(found: "regex.Match[str]") -> PriceRange | None:
    low, first = _money(found, "1")
    high, second = _money(found, "2")
    currency = second or first
    if low is None or high is None or low > high or currency is None:
        return None  # "between 9 and 5" is no price
    return PriceRange(cheapest=low, dearest=high, currency=currency)


def _read_one(
    found: "regex.Match[str]", bound: Bound, *, is_money: bool
) -> PriceRange | None:
    number, currency = _money(found, "")
    is_said = bool(ENDS.match(found.string, found.end())) and not bound.needs_currency
    if number is None or not (currency or is_said or is_money):
        return None
    return PriceRange(
        cheapest=None if bound.is_upper else number,
        dearest=number if bound.is_upper else None,
        is_strict=bound.is_strict,
        currency=currency,
    )


def _joined(one: PriceRange, other: PriceRange) -> PriceRange:
    return PriceRange(
        cheapest=one.cheapest if other.cheapest is None else other.cheapest,
        dearest=one.dearest if other.dearest is None else other.dearest,
        is_strict=one.is_strict and other.is_strict,
        currency=one.currency or other.currency,
    )


def _money(found: "regex.Match[str]", name: str) -> tuple[Decimal | None, str | None]:
    signs = [found[f"{side}{name}"] for side in ("before", "after")]
    currencies = [find_currency(sign) for sign in signs if sign]
    currency = next((code for code in currencies if code), None)
    if any(signs) and currency is None:
        return None, None  # "under 5 min"
    try:
        # In a question 1.000 are a thousand, as nobody asks for a thousandth.
        mark = "," if "." in found[f"number{name}"] else "."
        return read_amount(found[f"number{name}"], mark).number, currency
    except AmountError:
        return None, None


def _without(text: str, found: "regex.Match[str]") -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _words(rest: str) -> tuple[str, ...]:
    """Return what may name a product, the longest first: of a plural its beginning."""
    found: list[str] = []
    for word in split_words(rest):
        if UNSPACED.search(word):
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        elif word not in EMPTY and (len(word) > 2 or not word.isascii()):
            found.append(word[: max(4, len(word) - 2)])
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))
