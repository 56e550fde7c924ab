"""Tickets listed: by state, assignee, label, and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db.database import Connection
from db.errors import OperatorError
from db.records import TICKET_STATUSES, Ticket, to_storable
from db.support.tickets import TICKETS

UNRESOLVED = TICKET_STATUSES[:-1]
MOST_WORDS = 5
LONGEST_WORD = 100
LIST = f"""
SELECT * FROM ({TICKETS}) AS ticket
WHERE status = ANY (%(statuses)s) AND (%(before)s::bigint IS NULL OR id < %(before)s)
  AND (%(assignee_id)s::uuid IS NULL OR assignee_id = %(assignee_id)s)
  AND (NOT %(unassigned)s OR assignee_id IS NULL)
  AND (%(label)s::text IS NULL OR %(label)s = ANY (labels))
  AND NOT EXISTS (
    SELECT FROM unnest(%(words)s::text[]) AS word WHERE NOT COALESCE(
      subject ILIKE word OR customer ILIKE word OR address ILIKE word
      OR EXISTS (SELECT FROM unnest(labels) AS label WHERE label ILIKE word)
      OR EXISTS (SELECT FROM support_messages
                 WHERE ticket_id = ticket.id AND kind = 'note' AND body ILIKE word),
      false))
ORDER BY id DESC LIMIT %(most)s
"""  # noqa: S608  (our own words)
LIKE_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\%_"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Which tickets are wanted: those that are all of that.

    Each of the first MOST_WORDS `words` stands in the subject, a label, a note, or the
    customer's name or address. `before` is a ticket's number: older ones than that.
    """

    statuses: Sequence[str] = UNRESOLVED
    assignee_id: UUID | None = None
    unassigned: bool = False
    label: str | None = None
    words: str = ""
    before: int | None = None


def list_tickets(
    connection: Connection, most: int, wanted: TicketFilter = TicketFilter()
) -> list[Ticket]:
    """Return the `most` newest tickets that are wanted.

    Raises OperatorError for an unknown status.
    """
    if strange := set(wanted.statuses) - set(TICKET_STATUSES):
        raise OperatorError(
            f"There are no tickets that are {', '.join(sorted(strange))}: they are "
            f"{', '.join(TICKET_STATUSES)}."
        )
    bound = {
        "most": most,
        "statuses": list(wanted.statuses),
        "assignee_id": wanted.assignee_id,
        "unassigned": wanted.unassigned,
        "label": None if wanted.label is None else to_storable(wanted.label),
        "words": [_pattern(word) for word in wanted.words.split()[:MOST_WORDS]],
        "before": wanted.before,
    }
    return connection.read(Ticket, LIST, bound)


def _pattern(word: str) -> str:
    return f"%{to_storable(word[:LONGEST_WORD]).translate(LIKE_SIGNS)}%"
