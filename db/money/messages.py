"""What messages cost: found among the parts that were sent, and written down once."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Database
from db.outages import repeat_once
from db.records import WITH_TWILIO
from db.records.money import Scope

MOST_AT_ONCE = 5000
# (A tuple of words reads in Python as it does in SQL.)
SENT = f"""
SELECT part.part_id, part.user_id, part.chat_id,
       COALESCE(part.claimed_at, part.created_at) AS sent_at,
       substr(part.address, length('whatsapp:') + 1, 16) AS number
FROM reply_parts AS first JOIN reply_parts AS part USING (reference_id)
WHERE first.position = 0 AND first.created_at > now() - %(age)s
  AND part.status IN {WITH_TWILIO} AND part.message_sid IS NOT NULL
  AND NOT EXISTS (SELECT FROM spendings WHERE spendings.part_id = part.part_id)
ORDER BY part.created_at LIMIT {MOST_AT_ONCE}
"""  # noqa: S608  (our own words)
SPEND = "SELECT * FROM spend_on_messages(%(sent)s)"
# Only what is delivered is paid for, unless Twilio told that it billed it.
NOT_DELIVERED = f"""
SELECT spent.id FROM spendings AS spent JOIN reply_parts AS part USING (part_id)
WHERE spent.created_at > now() - %(age)s AND spent.purpose = 'message'
  AND spent.state = 'settled' AND spent.is_estimated
  AND part.status IN ('failed', 'undelivered')
ORDER BY spent.id LIMIT {MOST_AT_ONCE}
"""  # noqa: S608  (our own words)
TAKE_BACK = "SELECT take_back_spending(%(spending_id)s) AS told"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePrices:
    """In millionths, by the beginning of a number (`+49`), the longest that fits.

    `unknown` is what a message to any other number costs. Days are `timezone`'s.
    """

    by_prefix: Mapping[str, int]
    unknown: int
    currency: str
    priced_on: date
    timezone: tzinfo

    def price(self, number: str) -> tuple[str, int, bool]:
        """Return what a message is called, what it costs, and if that is not known."""
        for length in range(len(number), 1, -1):
            micros = self.by_prefix.get(number[:length])
            if micros is not None:
                return f"whatsapp {number[:length]}", micros, False
        return "whatsapp", self.unknown, True


@dataclass(frozen=True, slots=True)
class Messages:
    """Writes down what was sent; it may be killed anywhere, and run twice at once.

    `tell` is called with the budgets of which operators are told by it, each time that
    there are any, for the log: a job tells them.
    """

    database: Database
    prices: MessagePrices
    tell: Callable[[tuple[Scope, ...]], None]

    def price(self, age: timedelta) -> None:
        """Write down what was sent and is not written down yet, on the day of sending.

        `age`: how long ago the reply was made, at most. Raises StoreUnavailableError.
        """
        rows = repeat_once(lambda: self.database.rows(SENT, {"age": age}))
        by_person: dict[tuple[UUID, date], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            day = row.sent_at.astimezone(self.prices.timezone).date()
            by_person[row.user_id, day].append(self._priced(row))
        for (user_id, day), parts in by_person.items():
            sent = {
                "user_id": str(user_id),
                "day": str(day),
                "currency": self.prices.currency,
                "priced_on": str(self.prices.priced_on),
                "parts": parts,
            }
            self._run(SPEND, {"sent": Jsonb(sent)})

    def take_back(self, age: timedelta) -> int:
        """Take back what was not delivered after all; return how many messages.

        Raises StoreUnavailableError.
        """
        failed = repeat_once(lambda: self.database.column(NOT_DELIVERED, {"age": age}))
        for spending_id in failed:
            self._run(TAKE_BACK, {"spending_id": spending_id})
        return len(failed)

    def _priced(self, row: Any) -> dict[str, Any]:
        model, micros, is_unknown = self.prices.price(row.number)
        return {
            "part_id": str(row.part_id),
            "chat_id": row.chat_id,
            "model": model,
            "micros": micros,
            "is_unknown": is_unknown,
        }

    def _run(self, statement: str, parameters: dict[str, Any]) -> None:
        found = repeat_once(lambda: self.database.first(statement, parameters))
        if found.told:
            self.tell(tuple(found.told))
