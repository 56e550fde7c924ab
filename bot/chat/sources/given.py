"""Whether the numbers of an answer were given to the LLM, or follow from what was.

Prices, times, shares and long numbers count; what merely counts or dates something is
let through. A price may be a multiple by a number that question or answer names, or the
sum of prices that the answer names.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from bot.chat.sources.numbers import Kind, Number, read_numbers

# Of so many prices in one answer each sum is tried.
MOST_ADDED = 10
MOST_TIMES = 1000
# What may be meant by a number of one kind where a document has it as another: a table
# has its currency in the heading, opening hours are often 9-18.
_STANDS_FOR: dict[Kind, tuple[Kind, ...]] = {
    "money": ("money", "decimal", "plain"),
    "decimal": ("money", "decimal", "plain", "share"),
    "share": ("share", "decimal", "plain"),
    "time": ("time",),
}
DIGITS_COMPARED = 7
PRICES = ("money", "decimal")


@dataclass(frozen=True, slots=True)
class Given:
    """The numbers of what the LLM was given.

    `material` are those of passages, `talk` those of all else in the prompt, `counts`
    what the user counts: prices may be multiplied by it.
    """

    material: tuple[Number, ...]
    talk: tuple[Number, ...] = ()
    counts: frozenset[Decimal] = frozenset()

    @classmethod
    def of(
        cls, material: Iterable[str], talk: Iterable[str] = (), question: str = ""
    ) -> "Given":
        """Read them from what a prompt holds, and from what is asked."""
        return cls(
            tuple(number for text in material for number in read_numbers(text)),
            tuple(number for text in talk for number in read_numbers(text)),
            frozenset(_counts(read_numbers(question))),
        )

    def find_invented(self, answer: str) -> str | None:
        """Return the digits of a number that was not given; None: all were."""
        numbers = read_numbers(answer)
        invented = [n for n in numbers if n.kind != "plain" and not self._is_given(n)]
        counts = self.counts | set(_counts(numbers))
        prices = [n for n in numbers if n.kind in PRICES]
        for number in invented:
            others = [n for n in prices if n is not number and n not in invented]
            if not (self._is_multiple(number, counts) or _is_sum(number, others)):
                return number.digits
        return None

    def _is_given(self, number: Number) -> bool:
        if number.kind == "long":
            end = number.digits[-DIGITS_COMPARED:]
            return any(end in n.digits for n in (*self.material, *self.talk))
        if any(_is_same(number, known) for known in self.material):
            return True
        # A number that somebody merely says is no price.
        says = (n for n in self.talk if n.kind != "plain" or number.kind not in PRICES)
        return any(_is_same(number, known) for known in says)

    def _is_multiple(self, number: Number, counts: Collection[Decimal]) -> bool:
        return number.kind in PRICES and any(
            value * count in number.values
            for known in (*self.material, *self.talk)
            if known.kind in PRICES and _same_currency(number, known)
            for value in known.values
            for count in counts
        )


def _is_same(number: Number, known: Number) -> bool:
    if number.kind == "time" and known.kind == "plain":
        hours = {v for v in known.values if v == v.to_integral() and v <= 24}
        return any(
            (hour % 24 * 60) in number.values
            or ((hour + 12) % 24 * 60) in number.values
            for hour in hours
        )
    if known.kind not in _STANDS_FOR[number.kind]:
        return False
    return _same_currency(number, known) and not number.values.isdisjoint(known.values)


def _same_currency(one: Number, other: Number) -> bool:
    return one.currency == other.currency or not (one.currency and other.currency)


def _counts(numbers: Iterable[Number]) -> Iterable[Decimal]:
    return (
        value
        for number in numbers
        if number.kind == "plain"
        for value in number.values
        if value == value.to_integral() and 1 < value <= MOST_TIMES
    )


def _is_sum(number: Number, others: Sequence[Number]) -> bool:
    if number.kind not in PRICES:
        return False
    same = [n for n in others[:MOST_ADDED] if _same_currency(number, n)]
    return any(
        sum((min(n.values) for n in added), Decimal()) in number.values
        for count in range(2, len(same) + 1)
        for added in combinations(same, count)
    )
