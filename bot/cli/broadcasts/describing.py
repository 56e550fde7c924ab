"""How broadcasts look on a terminal."""

from collections.abc import Iterator, Sequence

from bot.terminal import Column, one_line
from db.broadcasts.looking import Overview, Reason

COLUMNS = (
    Column("id"),
    Column("state"),
    Column("started", spare=1),
    Column("people", right=True),
    Column("sent", right=True),
    Column("read", right=True, spare=3),
    Column("failed", right=True, spare=2),
    Column("template", least=10),
    Column("why", least=12, spare=4),
)


def row_of(seen: Overview) -> tuple[str, ...]:
    """Return a row of COLUMNS."""
    return (
        seen.broadcast_id,
        seen.state,
        f"{seen.created_at:%Y-%m-%d %H:%M}",
        f"{seen.people:,}",
        f"{seen.sent:,}",
        f"{seen.read:,}",
        f"{seen.failed + seen.skipped:,}",
        one_line(seen.name),
        one_line(seen.reason or ""),
    )


def describe(seen: Overview, reasons: Sequence[Reason]) -> Iterator[str]:
    """Yield the lines of a report."""
    why = f": {seen.reason}" if seen.reason else ""
    told = {
        "broadcast": f"{seen.broadcast_id}, {seen.name} ({seen.category})",
        "state": f"{seen.state}{why}",
        "started": f"{seen.created_at:%Y-%m-%d %H:%M}",
        "people": f"{seen.people:,}",
        "not yet": f"{seen.waiting:,}",
        "on their way": f"{seen.on_their_way:,}",
        "sent": f"{seen.sent:,}",
        "delivered": f"{seen.delivered:,}",
        "read": f"{seen.read:,}",
        "failed": f"{seen.failed:,}",
        "skipped": f"{seen.skipped:,}",
        "cost": f"{seen.amount:,.2f} {seen.currency}" if seen.currency else "-",
    }
    for name, value in told.items():
        yield f"{name:13} {one_line(value)}"
    for each in reasons:
        yield f"  {each.people:,} {one_line(each.why)}"
