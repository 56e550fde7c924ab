"""Who has a user's chats: asked, and changed.

`change_owner()` (db/sql/0026_handoff.sql) is the only one that changes it. What it
stops is stopped with its commit: nothing of the bot's is stored or claimed after that.
What a worker had claimed before may be on its way to Twilio at that instant: `take`
waits for it, and so nothing of the bot's leaves once it has returned.
"""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

from db.database import Connection, Database, Statements
from db.outages import outages, repeat_once
from db.records import Owner, Ownership

# A request to Twilio takes at most so long (bot/whatsapp/twilio.py), and then some.
UNDER_WAY_SECONDS = 12.0
POLL_SECONDS = 0.05

READ = """
SELECT user_id, owner, owner_version AS version, owner_since AS since,
       owner_until AS until, owner_id, owner_reason AS reason
FROM users WHERE user_id = %(user_id)s
"""
CHANGE = """
SELECT change_owner(%(user_id)s, %(owner)s, %(operator)s, %(why)s, %(lasts)s, %(about)s)
"""
# What was claimed longer ago is not under way any more: its sender is dead.
UNDER_WAY = """
SELECT EXISTS (
  SELECT FROM reply_parts
  WHERE user_id = %(user_id)s AND unsettled AND status = 'sending'
    AND author IN ('bot', 'broadcast', 'fallback')
    AND claimed_at > now() - %(seconds)s * interval '1 second')
"""


@dataclass(frozen=True, slots=True)
class Owners:
    """Asks and changes who has a user's chats. Raises StoreUnavailableError."""

    database: Database
    under_way_seconds: float = UNDER_WAY_SECONDS

    def find(self, user_id: UUID) -> Ownership | None:
        """Return who has them; None: there is no such user."""
        with outages():
            return read_owner(self.database, user_id)

    def take(
        self,
        user_id: UUID,
        operator: UUID | None,
        lasts: timedelta | None = None,
        why: str = "by hand",
    ) -> Ownership | None:
        """Give them to a human; return once no word of the bot's is under way.

        Without `lasts` it does not end by itself. None: there is no such user.
        """
        found = self._change(user_id, "human", operator, why, lasts)
        with outages():
            return found and replace(found, under_way=self.is_under_way(user_id))

    def give(
        self,
        user_id: UUID,
        operator: UUID | None,
        to: Owner = "bot",
        why: str = "by hand",
        lasts: timedelta | None = None,
    ) -> Ownership | None:
        """Give them back to the bot, or into the queue; None: no such user."""
        return self._change(user_id, to, operator, why, lasts)

    def _change(
        self,
        user_id: UUID,
        owner: Owner,
        operator: UUID | None,
        why: str,
        lasts: timedelta | None,
    ) -> Ownership | None:
        """Change it, and say how it is then; changed twice it is as changed once."""

        def change() -> Ownership | None:
            change_owner(
                self.database, user_id, owner, operator=operator, why=why, lasts=lasts
            )
            return read_owner(self.database, user_id)

        return repeat_once(change)

    def is_under_way(self, user_id: UUID) -> bool:
        """Wait until no word of the bot's is under way; tell whether one still is."""
        asked = {"user_id": user_id, "seconds": self.under_way_seconds}
        deadline = time.monotonic() + self.under_way_seconds
        while self.database.scalar(UNDER_WAY, asked):
            if time.monotonic() >= deadline:
                return True
            Event().wait(POLL_SECONDS)
        return False


def read_owner(database: Statements, user_id: UUID) -> Ownership | None:
    """Return who has a user's chats; None: there is no such user."""
    found = database.read(Ownership, READ, {"user_id": user_id})
    return found[0] if found else None


def hold_owner(connection: Connection, user_id: UUID) -> Ownership | None:
    """Return who has a user's chats, and let nobody change it before the commit."""
    found = connection.read(
        Ownership, f"{READ} FOR NO KEY UPDATE", {"user_id": user_id}
    )
    return found[0] if found else None


def change_owner(  # noqa: PLR0913  (what it is told, and most have defaults)
    database: Database | Connection,
    user_id: UUID,
    owner: Owner,
    *,
    operator: UUID | None,
    why: str,
    lasts: timedelta | None = None,
    about: str | None = None,
) -> int | None:
    """Give a user's chats to somebody; return the new version, None: no such user.

    In a transaction that is open it counts once that is committed.
    """
    known: dict[str, Any] = {"user_id": user_id, "owner": owner, "operator": operator}
    known |= {"why": why, "lasts": lasts, "about": about}
    version: int | None = database.scalar(CHANGE, known)
    return version
