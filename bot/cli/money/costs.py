"""What `bot stats --money` prints."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from bot.terminal import Column, one_line, table, terminal_width
from db.money.costs import amount_of
from db.queries.money import BilledElsewise, ChatCosts, MoneyStatistics, Spent

NOTHING = "Nothing was spent: set PRICES to have it counted (docs/operations.md)."
WIDEST = 40


def as_json(found: MoneyStatistics) -> dict[str, Any]:
    """Return all of it for programs; amounts are in millionths."""
    told = asdict(found)
    for budget in told["budgets"]:
        budget["starts_on"] = budget["starts_on"].isoformat()
    return told


def as_lines(found: MoneyStatistics) -> Iterator[str]:
    """Yield tables of what was spent."""
    if not found.totals:
        yield NOTHING
    for total in found.totals:
        yield (
            f"{amount_of(total.micros)} {total.currency} for {total.calls:,} calls;"
            f" {total.estimated:,} estimated, {total.unknown:,} without a price of"
            f" their own, {total.reserved:,} under way"
        )
    for chats in found.chats:
        yield _of_chats(chats)
    yield from map(_of_billed, found.billed)
    for budget in found.budgets:
        share = 100 * budget.spent_micros / budget.limit_micros
        yield (
            f"Budget of the {budget.scope} from {budget.starts_on}:"
            f" {amount_of(budget.spent_micros)} of {amount_of(budget.limit_micros)}"
            f" ({share:.0f} %)"
        )
    parts = {
        "day": found.days,
        "purpose": found.purposes,
        "model": found.models,
        "person": found.people,
    }
    for heading, rows in parts.items():
        if rows:
            yield ""
            yield from _table(heading, rows)


def _of_chats(chats: ChatCosts) -> str:
    each = amount_of(round(chats.micros / chats.chats))
    noun = "chat" if chats.chats == 1 else "chats"
    return (
        f"{chats.chats:,} {noun}: {each} {chats.currency} each,"
        f" {amount_of(chats.most_micros)} the dearest"
    )


def _of_billed(billed: BilledElsewise) -> str:
    return (
        f"Twilio billed {amount_of(billed.micros)} {one_line(billed.billed_in)} for"
        f" {billed.messages:,} of the messages, which count in"
        f" {one_line(billed.currency)} as PRICES says"
    )


def _table(heading: str, rows: Sequence[Spent]) -> Iterator[str]:
    columns = (
        Column(heading, least=8),
        Column("calls", right=True, spare=1),
        Column("amount", right=True),
        Column("currency"),
    )
    cells = [
        (one_line(row.name, WIDEST), f"{row.calls:,}", amount_of(row.micros),
         one_line(row.currency))
        for row in rows
    ]  # fmt: skip
    yield from table(columns, cells, terminal_width())
