"""What would be sent to whom, and for how much: told before anything is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.broadcasts.account import BroadcastPolicy
from db.broadcasts.nouns import ERASED, HAS_PERSON, UNKNOWN, Known
from db.money.messages import MessagePrices

MILLION = 1_000_000
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Summary:
    """Who is in a broadcast, and who is left out, for what reason.

    Who has a person is in it: they are asked again when their turn comes.
    """

    people: Sequence[Known]
    left_out: Sequence[Known]

    @property
    def to_send(self) -> int:
        """How many would get it now."""
        return sum(each.left_out is None for each in self.people)


def sum_up(known: Sequence[Known]) -> Summary:
    """Return who is in, and who is not."""
    return Summary(
        people=[each for each in known if each.left_out in {None, HAS_PERSON}],
        left_out=[each for each in known if each.left_out not in {None, HAS_PERSON}],
    )


def describe(
    summary: Summary,
    prices: MessagePrices | None,
    policy: BroadcastPolicy,
    told_today: int,
) -> Iterator[str]:
    """Yield the lines; of whom the bot does not know, where they stand."""
    yield f"To be sent: {summary.to_send:,}"
    waiting = len(summary.people) - summary.to_send
    if waiting:
        yield f"Have a person, or wait for one: {waiting:,} (asked again at their turn)"
    for why, people in Counter(e.left_out for e in summary.left_out).most_common():
        yield f"Left out, {why}: {people:,}"
    yield from _describe_strangers(summary)
    yield from _describe_price(summary, prices)
    yield from _describe_pace(summary, policy, told_today)


def _describe_strangers(summary: Summary) -> Iterator[str]:
    strange = [e for e in summary.left_out if e.left_out in {UNKNOWN, ERASED}]
    for each in strange[:MOST_LINES]:
        yield f"  line {each.wanted.line}: {each.left_out}"
    if len(strange) > MOST_LINES:
        yield f"  ... and {len(strange) - MOST_LINES:,} more"


def _describe_price(summary: Summary, prices: MessagePrices | None) -> Iterator[str]:
    if prices is None:
        yield "Price: not known (PRICES has no [whatsapp])"
        return
    counts: Counter[tuple[str, int, bool]] = Counter(
        prices.price(each.address.removeprefix("whatsapp:"))
        for each in summary.people
        if each.left_out is None
    )
    total = sum(micros * count for (_, micros, _), count in counts.items())
    yield f"Price: {total / MILLION:,.2f} {prices.currency} at most, by PRICES"
    for (name, micros, is_unknown), count in counts.most_common():
        place = name.removeprefix("whatsapp ") if not is_unknown else "other numbers"
        yield f"  {place}: {count:,} at {micros / MILLION:.4f}"


def _describe_pace(
    summary: Summary, policy: BroadcastPolicy, told_today: int
) -> Iterator[str]:
    most = policy.per_day
    yield (
        f"Limit: {most:,} people in 24 hours (BROADCAST_PER_DAY), {told_today:,} of "
        f"them used; {policy.per_minute:,} a minute; quiet hours {policy.quiet}"
    )
    if summary.to_send > max(most - told_today, 0):
        yield "  More than that: the rest follows as the 24 hours of others end."
