"""What Twilio billed for messages: asked for some hours after they were sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from db.database import Database
from db.outages import repeat_once
from db.records.money import Scope

# Twilio tells a price once it has billed; what it does not tell for days, never.
SOON, LATE = timedelta(hours=4), timedelta(days=4)
AGAIN = timedelta(days=1)
UNBILLED = """
SELECT spent.id, part.message_sid
FROM spendings AS spent JOIN reply_parts AS part USING (part_id)
WHERE spent.purpose = 'message' AND spent.state = 'settled'
  AND spent.told_currency IS NULL AND part.message_sid IS NOT NULL
  AND spent.created_at BETWEEN now() - %(late)s AND now() - %(soon)s
  AND (spent.price_asked_at IS NULL OR spent.price_asked_at < now() - %(again)s)
ORDER BY spent.price_asked_at NULLS FIRST, spent.created_at LIMIT %(most)s
"""
CORRECT = "SELECT correct_spending(%(id)s, %(micros)s, %(currency)s)"
NOTE_ASKED = "UPDATE spendings SET price_asked_at = now() WHERE id = %(id)s"


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A message that counts by PRICES so far."""

    spending_id: int
    message_sid: str


class PostgresBills:
    """Writes down what was billed, once; it may be killed anywhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_unbilled(self, most: int) -> Sequence[Unbilled]:
        """Return messages whose price is to be asked for: who never was comes first.

        Raises StoreUnavailableError, as all of it does.
        """
        asked = {"most": most, "soon": SOON, "late": LATE, "again": AGAIN}
        rows = repeat_once(lambda: self._database.rows(UNBILLED, asked))
        return [Unbilled(row.id, row.message_sid) for row in rows]

    def correct(
        self, spending_id: int, micros: int, currency: str
    ) -> tuple[Scope, ...]:
        """Write down a price, in millionths; in another currency it counts not.

        Return the budgets of which operators are told by it: for the log.
        """
        told = {"id": spending_id, "micros": micros, "currency": currency}
        return tuple(repeat_once(lambda: self._database.scalar(CORRECT, told)))

    def note_asked(self, spending_id: int) -> None:
        """Write down that no price was told: it is asked for a day later."""
        repeat_once(lambda: self._database.count(NOTE_ASKED, {"id": spending_id}))
