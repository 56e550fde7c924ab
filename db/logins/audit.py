"""The audit: who did what to whom and when. Rows are added, and never changed.

It holds no word of a message: whom a thing concerned, and what kind of thing it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Statements

LONGEST_WORD = 200
MOST_READ = 1000


class Action(StrEnum):
    """What can be done; the names that stand in `audit_log.action`."""

    LOGGED_IN = "logged in"
    LOGIN_FAILED = "log-in failed"
    LOGGED_OUT = "logged out"
    SESSIONS_ENDED = "sessions ended"
    PASSWORD_SET = "password set"  # noqa: S105  (the name of what was done)
    FACTOR_SET = "second factor set"
    FACTOR_RESET = "second factor reset"
    INVITED = "invited"
    EMAIL_TAKEN = "e-mail taken away"
    ROLE_CHANGED = "role changed"
    DEACTIVATED = "deactivated"
    ACTIVATED = "activated"
    READ_CHAT = "read chat"
    READ_PERSON = "read person"
    SEARCHED = "searched"
    REPLIED = "replied"
    TOOK = "took"
    GAVE_BACK = "gave back"
    RESOLVED = "resolved"
    TICKET_CHANGED = "ticket changed"
    NOTED = "noted"
    RATED = "rated"
    CALL_ALLOWED = "call allowed"
    CALL_REFUSED = "call refused"
    EXPORTED = "exported"
    ERASED = "erased"
    DOCUMENT_ADDED = "document added"
    DOCUMENT_REMOVED = "document removed"
    PRODUCT_CHANGED = "product changed"
    GAP_ANSWERED = "gap answered"
    PROPOSALS_FOUND = "proposals looked for"
    PROPOSAL_APPLIED = "proposal applied"
    PROPOSAL_UNDONE = "proposal undone"
    PROPOSAL_DISMISSED = "proposal dismissed"
    CANNED_REPLY_CHANGED = "canned reply changed"
    SETTINGS_READ = "settings read"
    AUDIT_READ = "audit read"


RECORD = """
INSERT INTO audit_log (actor_id, action, subject_id, ticket_id, address, details)
VALUES (%(actor_id)s, %(action)s, %(subject_id)s, %(ticket_id)s, %(address)s,
        %(details)s)
"""
READ = """
SELECT audit_log.id, at, actor_id, action, subject_id, ticket_id, address, details,
       COALESCE(actor.email, actor.full_name) AS actor,
       COALESCE(CASE WHEN NOT subject.email_is_given THEN subject.email END,
                subject.full_name, subject.phone_number) AS subject
FROM audit_log
LEFT JOIN users AS actor ON actor.user_id = actor_id
LEFT JOIN users AS subject ON subject.user_id = subject_id
WHERE (%(since)s::timestamptz IS NULL OR at >= %(since)s)
  AND (%(before)s::bigint IS NULL OR audit_log.id < %(before)s)
  AND (%(actor_id)s::uuid IS NULL OR actor_id = %(actor_id)s)
  AND (%(subject_id)s::uuid IS NULL OR subject_id = %(subject_id)s)
  AND (%(action)s::text IS NULL OR action = %(action)s)
ORDER BY audit_log.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row; `actor` and `subject` are names of who is still there: untrusted."""

    id: int
    at: datetime
    actor_id: UUID | None
    action: str
    subject_id: UUID | None
    ticket_id: int | None
    address: str | None
    details: Mapping[str, Any] | None
    actor: str | None
    subject: str | None


def record_audit(  # noqa: PLR0913  (a row's columns, and most have defaults)
    connection: Statements,
    *,
    actor_id: UUID | None,
    action: str,
    subject_id: UUID | None = None,
    ticket_id: int | None = None,
    address: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add a row, in the transaction of what was done: `action` is one of `Action`.

    `details` are words of ours or ids, JSON: never a text of a message.
    """
    row: dict[str, Any] = {"actor_id": actor_id, "action": str(Action(action))}
    row |= {"subject_id": subject_id, "ticket_id": ticket_id}
    row |= {"address": address and address[:LONGEST_WORD]}
    row["details"] = Jsonb(dict(details)) if details else None
    connection.count(RECORD, row)


def read_audit(  # noqa: PLR0913  (filters, each with a default)
    connection: Statements,
    *,
    since: datetime | None = None,
    actor_id: UUID | None = None,
    subject_id: UUID | None = None,
    action: str | None = None,
    before: int | None = None,
    most: int = 100,
) -> list[AuditEntry]:
    """Return rows, newest first, at most 1000; `before` is an id: go on below it."""
    known: dict[str, Any] = {"since": since, "before": before, "actor_id": actor_id}
    known |= {"subject_id": subject_id, "action": action}
    return connection.read(AuditEntry, READ, {**known, "most": min(most, MOST_READ)})
