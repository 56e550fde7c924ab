"""Broadcasts as operators look at them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from db.database import Statements

MOST_REASONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How far a broadcast got: a row of broadcast_overview, which explains each."""

    broadcast_id: str
    name: str
    category: str
    state: str
    reason: str | None
    created_at: datetime
    changed_at: datetime
    people: int
    waiting: int
    skipped: int
    on_their_way: int
    sent: int
    delivered: int
    read: int
    failed: int
    amount: Decimal
    currency: str | None
    template_id: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nothing reached some people, and how many."""

    why: str
    people: int


COLUMNS = ", ".join(f'"{field.name}"' for field in fields(Overview))
LIST = f"""
SELECT {COLUMNS} FROM broadcast_overview
ORDER BY created_at DESC, broadcast_id LIMIT %(most)s
"""  # noqa: S608  (our own words)
ONE = f"""
SELECT {COLUMNS} FROM broadcast_overview WHERE broadcast_id = %(broadcast_id)s
"""  # noqa: S608  (our own words)
REASONS = """
SELECT why, count(*) AS people FROM (
  SELECT COALESCE(own.why, failed.meaning,
                  'Twilio''s error ' || failed.error_code, 'unknown') AS why
  FROM broadcast_recipients AS own
  LEFT JOIN reply_parts AS part
    ON part.reference_id = own.reference_id AND part.position = 0
  LEFT JOIN failed_deliveries AS failed USING (part_id)
  WHERE own.broadcast_id = %(broadcast_id)s
    AND (own.state = 'skipped' OR failed.part_id IS NOT NULL)
) AS told GROUP BY why ORDER BY people DESC, why LIMIT %(most)s
"""


def list_broadcasts(connection: Statements, most: int) -> Sequence[Overview]:
    """Return broadcasts, the newest first."""
    return connection.read(Overview, LIST, {"most": most})


def find_overview(connection: Statements, broadcast_id: str) -> Overview | None:
    """Return how far one got; None: there is none of that id."""
    found = connection.read(Overview, ONE, {"broadcast_id": broadcast_id})
    return found[0] if found else None


def find_reasons(connection: Statements, broadcast_id: str) -> Sequence[Reason]:
    """Return why messages of one reached nobody, the most frequent first."""
    asked = {"broadcast_id": broadcast_id, "most": MOST_REASONS}
    return connection.read(Reason, REASONS, asked)
