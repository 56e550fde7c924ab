"""All that is kept of one person, for commands that show it to them."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from db.database import Database
from db.outages import repeat_once
from db.records import MOST_REMINDERS, Fact, Known, Scheduled

MOST_FACTS = 100
FIND_PERSON = """
SELECT full_name, email, company, name_is_given, email_is_given FROM users
WHERE user_id = %(user_id)s
"""
FIND_FACTS = """
SELECT id, kind, text, message_sid, created_at, valid_until FROM user_facts
WHERE user_id = %(user_id)s
ORDER BY created_at DESC, id DESC LIMIT %(most)s
"""
FIND_REMINDERS = """
SELECT scheduled_id, user_id, kind, text, say_at, state, number, why
FROM scheduled_messages
WHERE user_id = %(user_id)s AND kind = 'reminder' AND state = 'waiting'
ORDER BY say_at, number LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class People:
    """Whom the database knows."""

    database: Database

    def know(self, user_id: UUID) -> Known:
        """Return what is kept of a user; nothing, where there is none.

        Raises StoreUnavailableError.
        """
        asked = {"user_id": user_id, "most": MOST_FACTS}
        person = repeat_once(lambda: self.database.first(FIND_PERSON, asked))
        if person is None:
            return Known()
        rows = repeat_once(lambda: self.database.rows(FIND_FACTS, asked))
        return Known(
            full_name=person.full_name,
            email=person.email,
            company=person.company,
            name_is_given=person.name_is_given,
            email_is_given=person.email_is_given,
            facts=tuple(map(_read_fact, rows)),
            reminders=self._reminders(user_id),
        )

    def _reminders(self, user_id: UUID) -> tuple[Scheduled, ...]:
        asked = {"user_id": user_id, "most": MOST_REMINDERS}
        find = partial(self.database.read, Scheduled, FIND_REMINDERS, asked)
        return tuple(repeat_once(find))


def _read_fact(row: Any) -> Fact:
    return Fact(
        fact_id=row.id,
        kind=row.kind,
        text=row.text,
        message_sid=row.message_sid,
        told_at=row.created_at,
        valid_until=row.valid_until,
    )
