"""How often people had to step in, and how soon they did, day by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from db.database import Statements

# By the day on which a ticket was opened: so a day's numbers are about the same cases.
# Who steps in unasked opens a ticket by their reply, at the same instant: none waited.
MEASURE = """
SELECT (opened_at AT TIME ZONE 'UTC')::date AS day,
  count(*) AS opened,
  count(first_response_at) AS responded,
  count(*) FILTER (WHERE status = 'resolved') AS resolved,
  percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
    ORDER BY extract(epoch FROM first_response_at - opened_at)::float8)
    FILTER (WHERE first_response_at > opened_at) AS seconds
FROM support_tickets WHERE opened_at >= %(start)s AND opened_at < %(end)s
GROUP BY GROUPING SETS ((1), ())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoffs:
    """Tickets of a time: how many, and the seconds to a person's first word.

    `p50_seconds`: half of those who waited for a person and were answered waited no
    longer; None: nobody was.
    """

    opened: int = 0
    responded: int = 0
    resolved: int = 0
    p50_seconds: float | None = None
    p95_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class HandoffStatistics:
    """Day by day in UTC, and of all those days."""

    total: Handoffs
    days: Mapping[date, Handoffs]


def measure_handoffs(
    statements: Statements, days: int, now: datetime
) -> HandoffStatistics:
    """Return the tickets that were opened in so many days, today included."""
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    start = datetime.combine(first, time(), UTC)
    span = {"start": start, "end": start + timedelta(days=days)}
    found = {row.day: _read(*row[1:]) for row in statements.rows(MEASURE, span)}
    dates = [first + timedelta(days=number) for number in range(days)]
    return HandoffStatistics(
        total=found[None], days={day: found.get(day, Handoffs()) for day in dates}
    )


def _read(
    opened: int, responded: int, resolved: int, seconds: list[float | None] | None
) -> Handoffs:
    p50, p95 = seconds or (None, None)
    return Handoffs(
        opened=opened,
        responded=responded,
        resolved=resolved,
        p50_seconds=p50,
        p95_seconds=p95,
    )
