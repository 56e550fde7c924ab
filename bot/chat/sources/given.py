"""Whether the numbers of an answer were given to the LLM, or follow from what was.

Prices, times, shares and long numbers count; what merely counts or dates something is
let through. A price may be a multiple by a number that question or answer names; the
sum or difference of prices that they name, a share of one, or one part of it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.chat.sources.numbers import Kind, Number, read_numbers
from bot.chat.sources.spelled import spelled_counts, spelled_numbers

# Of so many prices in one answer each sum is tried, as long as there are not too many;
# and so many of its numbers may follow from others, over so many steps.
MOST_ADDED = 12
MOST_SUMS = 2000
MOST_DERIVED = 40
MOST_STEPS = 3
MOST_TIMES = 1000
# What may be meant by a number of one kind where a document has it as another: a table
# has its currency in the heading, opening hours are often 9-18, or 9.00-18.30.
_STANDS_FOR: dict[Kind, tuple[Kind, ...]] = {
    "money": ("money", "decimal", "plain"),
    "decimal": ("money", "decimal", "plain", "share"),
    "share": ("share", "decimal", "plain"),
    "time": ("time",),
}
DIGITS_COMPARED = 7
PRICES = ("money", "decimal")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Price:
    """A price that question or answer names, alone and as often as it says beside."""

    number: Number
    amounts: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class Named:
    """What question and answer name, from which a price may follow."""

    counts: Collection[Decimal]
    shares: Collection[Decimal]
    prices: Sequence[Price]

    def leads_to(self, number: Number) -> bool:
        """Tell whether a price is a sum, a difference, a share or a part of these."""
        alike = [p for p in self.prices if _same_currency(number, p.number)]
        values = {value for price in alike for value in price.number.values}
        reached = (_sums([p.amounts for p in alike]), self._from_one_or_two(values))
        return any(not number.values.isdisjoint(amounts) for amounts in reached)

    def _from_one_or_two(self, values: Collection[Decimal]) -> set[Decimal]:
        few = sorted(values)[: 2 * MOST_ADDED]
        differences = {more - less for more in few for less in few if more > less}
        of_shares = {
            _rounded(value * part / 100)
            for value in few
            for share in self.shares
            for part in (share, 100 - share)
        }
        parts = {_rounded(value / count) for value in few for count in self.counts}
        return differences | of_shares | parts


@dataclass(frozen=True, slots=True)
class Given:
    """The numbers of what the LLM was given.

    `material` are those of passages, `talk` those of all else in the prompt, `question`
    those that are asked about; `counts` what the user counts: prices may be multiplied
    by it.
    """

    material: tuple[Number, ...]
    talk: tuple[Number, ...] = ()
    question: tuple[Number, ...] = ()
    counts: frozenset[Decimal] = frozenset()

    @classmethod
    def of(
        cls, material: Iterable[str], talk: Iterable[str] = (), question: str = ""
    ) -> "Given":
        """Read them from what a prompt holds, and from what is asked."""
        asked = tuple(_read(question))
        return cls(
            tuple(number for text in material for number in _read(text)),
            tuple(number for text in talk for number in _read(text)),
            asked,
            frozenset(_counts(asked)) | spelled_counts(question),
        )

    def find_invented(self, answer: str) -> str | None:
        """Return the digits of a number that was not given; None: all were."""
        numbers = read_numbers(answer)
        open_ones = [n for n in numbers if n.kind != "plain" and not self._is_given(n)]
        for _ in range(MOST_STEPS):
            if not open_ones or len(open_ones) > MOST_DERIVED:
                break
            named = self._named(answer, numbers, open_ones)
            open_ones = [n for n in open_ones if not self._follows(n, named)]
        return open_ones[0].digits if open_ones else None

    def _named(
        self, answer: str, numbers: Sequence[Number], open_ones: Sequence[Number]
    ) -> Named:
        said = [n for n in (*numbers, *spelled_numbers(answer)) if n not in open_ones]
        shares = (n for n in (*said, *self.question) if n.kind == "share")
        asked = (n for n in self.question if n.kind in PRICES)
        return Named(
            self.counts | set(_counts(numbers)) | spelled_counts(answer),
            frozenset(value for share in shares for value in share.values),
            (
                *(p for p in _prices(numbers) if p.number not in open_ones),
                *(Price(number, number.values) for number in asked),
            ),
        )

    def _follows(self, number: Number, named: Named) -> bool:
        if number.kind not in PRICES:
            return False
        return self._is_multiple(number, named.counts) or named.leads_to(number)

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
        return any(
            value * count in number.values
            for known in (*self.material, *self.talk)
            if known.kind in PRICES and _same_currency(number, known)
            for value in known.values
            for count in counts
        )


def _read(text: str) -> Iterator[Number]:
    yield from read_numbers(text)
    yield from spelled_numbers(text)


def _is_same(number: Number, known: Number) -> bool:
    if number.kind == "time" and known.kind in ("plain", "decimal"):
        return not number.values.isdisjoint(_as_times(known))
    if known.kind not in _STANDS_FOR[number.kind]:
        return False
    return _same_currency(number, known) and not number.values.isdisjoint(known.values)


def _as_times(known: Number) -> Iterator[Decimal]:
    """Yield the minutes of a day that 9, or 9.30, may mean, in the evening as well."""
    for value in known.values:
        hour, minute = divmod(value * 100, 100)
        if hour <= 24 and minute < 60 and minute == minute.to_integral():
            yield hour % 24 * 60 + minute
            yield (hour + 12) % 24 * 60 + minute


def _same_currency(one: Number, other: Number) -> bool:
    return one.currency == other.currency or not (one.currency and other.currency)


def _counts(numbers: Iterable[Number]) -> Iterator[Decimal]:
    return (
        value
        for number in numbers
        if number.kind == "plain"
        for value in number.values
        if value == value.to_integral() and 1 < value <= MOST_TIMES
    )


def _prices(numbers: Sequence[Number]) -> Iterator[Price]:
    """Yield prices with their multiples by what is counted right beside them."""
    for place, number in enumerate(numbers):
        if number.kind in PRICES:
            beside = (*numbers[max(place - 1, 0) : place], *numbers[place + 1 :][:1])
            times = (Decimal(1), *_counts(beside))
            yield Price(number, frozenset(v * n for v in number.values for n in times))


def _sums(addends: Sequence[frozenset[Decimal]]) -> set[Decimal]:
    sums = {Decimal()}
    for amounts in addends[:MOST_ADDED]:
        if len(sums) > MOST_SUMS:
            break
        sums |= {so_far + amount for so_far in sums for amount in amounts}
    return sums - {Decimal()}


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
