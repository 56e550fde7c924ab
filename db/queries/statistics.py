"""What happened in the last days, in numbers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from db.database import Connection
from db.records import FAILED

# One look at each message of those chats that changed since. `timestamp` is compared
# as text, and so are days: the bot writes all of them in one form, in UTC.
MESSAGES = r"""
SELECT left(message ->> 'timestamp', 10) AS day,
  count(*) FILTER (WHERE message ->> 'role' = 'user') AS messages,
  count(*) FILTER (WHERE message ->> 'role' = 'assistant' AND message ? 'model')
    AS answers,
  COALESCE(sum((message ->> 'tokens_used')::numeric)
    FILTER (WHERE jsonb_typeof(message -> 'tokens_used') = 'number'), 0) AS tokens,
  count(*) FILTER (WHERE message ? 'limit' AND NOT message ? 'notice_for') AS limited,
  percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
    ORDER BY (message ->> 'response_time')::double precision)
    FILTER (WHERE jsonb_typeof(message -> 'response_time') = 'number') AS seconds
FROM all_chats AS chats
CROSS JOIN LATERAL jsonb_array_elements(chats.messages) AS message
WHERE chats.updated_at >= %(start)s
  AND message ->> 'timestamp' ~ '^\d{4}-[01]\d-[0-3]\dT'
  AND left(message ->> 'timestamp', 10) BETWEEN %(first)s AND %(last)s
GROUP BY GROUPING SETS ((1), ())
"""
EVENTS = """
SELECT to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, what, count(*)
FROM (
  SELECT 'new_users' AS what, created_at AS happened_at FROM users
  WHERE phone_number IS NOT NULL -- who only logs in does not write
  UNION ALL
  SELECT 'chats', created_at FROM all_chats
  UNION ALL
  SELECT 'failures', created_at FROM reply_parts
  WHERE status = ANY (%(failed)s)
  UNION ALL
  SELECT CASE rating WHEN 1 THEN 'thumbs_up' ELSE 'thumbs_down' END, created_at
  FROM feedback WHERE rating IS NOT NULL AND given_by = 'user'
) AS events
WHERE happened_at >= %(start)s AND happened_at < %(end)s
GROUP BY GROUPING SETS ((1, 2), (2))
"""
# A ticket a handoff; times count on the day on which the person answered, or resolved.
SUPPORT = """
SELECT to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, what, count(*),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median
FROM (
  SELECT 'handoffs' AS what, opened_at AS happened_at, 0 AS seconds FROM support_tickets
  UNION ALL
  SELECT 'to_first_answer', first_response_at,
    extract(epoch FROM first_response_at - opened_at) FROM support_tickets
  UNION ALL
  SELECT 'to_resolution', resolved_at, extract(epoch FROM resolved_at - opened_at)
  FROM support_tickets
) AS events
WHERE happened_at >= %(start)s AND happened_at < %(end)s
GROUP BY GROUPING SETS ((1, 2), (2))
"""
NOW = """
SELECT (SELECT count(*) FROM users WHERE phone_number IS NOT NULL) AS users,
       (SELECT count(*) FROM userchats WHERE is_active) AS active_chats,
       (SELECT count(*) FROM all_chats) AS all_chats,
       (SELECT count(*) FROM reply_parts
        WHERE held_at IS NOT NULL AND status = 'held') AS held
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What happened in a time.

    `p…_seconds` are those that the LLM took, `to_first_answer` and `to_resolution` the
    median seconds from a handoff to a person's first word, and to its end; None: there
    was none. `thumbs_…` are users' judgements of answers.
    """

    new_users: int = 0
    chats: int = 0
    messages: int = 0
    answers: int = 0
    tokens: int = 0
    p50_seconds: float | None = None
    p95_seconds: float | None = None
    p99_seconds: float | None = None
    failures: int = 0
    handoffs: int = 0
    to_first_answer: float | None = None
    to_resolution: float | None = None
    limited: int = 0
    thumbs_up: int = 0
    thumbs_down: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What there is now, and what happened: day by day in UTC, and in all of them.

    `held`: messages that wait for their users to write.
    """

    users: int
    active_chats: int
    all_chats: int
    held: int
    total: Numbers
    days: Mapping[date, Numbers]


def measure(connection: Connection, days: int, now: datetime) -> Statistics:
    """Return the numbers of so many days, today included.

    `messages` are those of users, `answers` those of an LLM, `chats` the opened ones,
    `limited` answers that a limit stood before,
    `failures` messages of ours that were not delivered, `handoffs` tickets that were
    opened: both as long as they are kept.
    """
    last = now.astimezone(UTC).date()
    first = last - timedelta(days=days - 1)
    start = datetime.combine(first, time(), UTC)
    span = {"first": first.isoformat(), "last": last.isoformat(), "start": start}
    told: defaultdict[str | None, dict[str, Any]] = defaultdict(dict)
    for row in connection.rows(MESSAGES, span):
        told[row.day] |= _read_messages(*row[1:])
    end = start + timedelta(days=days)
    known = {"start": start, "end": end, "failed": list(FAILED)}
    for day, what, count in connection.rows(EVENTS, known):
        told[day][what] = count
    for day, what, count, median in connection.rows(SUPPORT, known):
        told[day][what] = count if what == "handoffs" else round(median, 1)
    dates = [first + timedelta(days=number) for number in range(days)]
    return Statistics(
        **connection.first(NOW)._asdict(),
        total=Numbers(**told[None]),
        days={date: Numbers(**told[date.isoformat()]) for date in dates},
    )


def _read_messages(
    messages: int, answers: int, tokens: Any, limited: int, seconds: list[float] | None
) -> dict[str, Any]:
    p50, p95, p99 = [round(s, 3) for s in seconds] if seconds else [None] * 3
    return {
        "messages": messages,
        "answers": answers,
        "tokens": int(tokens),
        "limited": limited,
        "p50_seconds": p50,
        "p95_seconds": p95,
        "p99_seconds": p99,
    }
