"""Tickets: found, read, and changed by operators, each change in an open transaction.

All of it counts once that is committed. Raises OperatorError, in words that an operator
can act on, and psycopg's errors.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from db.database import Connection
from db.errors import OperatorError
from db.records import PRIORITIES, LogEntry, Ticket, to_storable

MOST_SUBJECT = 200  # characters
MOST_NOTE = 4000
MOST_LABEL = 30
MOST_LABELS = 10
MOST_ENTRIES = 500
LONGEST_SNOOZE = timedelta(days=90)

TICKETS = """
SELECT ticket.id, ticket.user_id, ticket.chat_id, ticket.subject,
       CASE WHEN ticket.status = 'snoozed' AND ticket.snoozed_until <= now()
         THEN 'open' ELSE ticket.status END AS status,
       ticket.priority, ticket.assignee_id, ticket.reason, ticket.labels,
       ticket.opened_at, ticket.first_response_at, ticket.snoozed_until,
       ticket.resolved_at, ticket.updated_at,
       customer.full_name AS customer, customer.phone_number AS address,
       customer.owner,
       COALESCE(assignee.full_name, assignee.email, assignee.phone_number) AS assignee
FROM support_tickets AS ticket
JOIN users AS customer ON customer.user_id = ticket.user_id
LEFT JOIN users AS assignee ON assignee.user_id = ticket.assignee_id
"""
FIND = f"{TICKETS} WHERE ticket.id = %(ticket_id)s"
FIND_OPEN = f"{TICKETS} WHERE ticket.user_id = %(user_id)s AND status <> 'resolved'"
LOG = """
SELECT * FROM (
  SELECT said.id, kind, body, details, author_id, created_at,
         COALESCE(author.full_name, author.email, author.phone_number) AS author
  FROM support_messages AS said
  LEFT JOIN (SELECT user_id, full_name, email, phone_number FROM users) AS author
    ON author.user_id = author_id
  WHERE ticket_id = %(ticket_id)s ORDER BY said.id DESC LIMIT %(most)s
) AS newest ORDER BY id
"""
# People first, then the ticket, as an erasure locks them: nobody waits in a ring.
HOLD_PEOPLE = """
SELECT user_id FROM users
WHERE user_id = ANY (%(people)s::uuid[])
  OR user_id = (SELECT user_id FROM support_tickets WHERE id = %(ticket_id)s)
ORDER BY user_id FOR KEY SHARE
"""
HOLD = """
SELECT user_id, status FROM support_tickets WHERE id = %(ticket_id)s
FOR NO KEY UPDATE
"""
IS_OPERATOR = """
SELECT EXISTS (SELECT FROM users
  WHERE user_id = %(operator_id)s AND role <> 'user' AND is_active)
"""
ADD_NOTE = """
INSERT INTO support_messages (ticket_id, user_id, author_id, kind, body)
SELECT id, user_id, %(author_id)s, 'note', %(text)s FROM support_tickets
WHERE id = %(ticket_id)s RETURNING id
"""
NOTE_EVENT = "SELECT note_event(%(ticket_id)s, %(by)s, %(event)s, %(told)s)"
CHANGE = """
UPDATE support_tickets SET {column} = %(value)s
WHERE id = %(ticket_id)s AND {column} IS DISTINCT FROM %(value)s
"""
SNOOZE = """
UPDATE support_tickets SET status = 'snoozed', snoozed_until = %(until)s
WHERE id = %(ticket_id)s
"""
RESOLVE = "SELECT resolve_ticket(%(ticket_id)s, %(by)s)"
OTHER_OPEN = """
SELECT id FROM support_tickets WHERE user_id = %(user_id)s AND status <> 'resolved'
"""
REOPEN = """
UPDATE support_tickets SET status = 'open', resolved_at = NULL
WHERE id = %(ticket_id)s
"""


def find_ticket(connection: Connection, ticket_id: int) -> Ticket | None:
    """Return a ticket; None: there is none of that number."""
    found = connection.read(Ticket, FIND, {"ticket_id": ticket_id})
    return found[0] if found else None


def find_open(connection: Connection, user_id: UUID) -> Ticket | None:
    """Return the one ticket of a person that is not resolved, if there is one."""
    found = connection.read(Ticket, FIND_OPEN, {"user_id": user_id})
    return found[0] if found else None


def read_log(
    connection: Connection, ticket_id: int, most: int = MOST_ENTRIES
) -> list[LogEntry]:
    """Return notes and events of a ticket, the newest last; the `most` newest."""
    return connection.read(LogEntry, LOG, {"ticket_id": ticket_id, "most": most})


def add_note(
    connection: Connection, ticket_id: int, author_id: UUID | None, text: str
) -> int:
    """Write a private note on a ticket, resolved or not; return the note's number."""
    written = to_storable(text).strip()
    if not written:
        raise OperatorError("The note is empty: write something.")
    _check_length("The note", written, MOST_NOTE)
    _hold(connection, ticket_id, author_id)
    noted = {"ticket_id": ticket_id, "author_id": author_id, "text": written}
    return int(connection.scalar(ADD_NOTE, noted))


def assign(
    connection: Connection, ticket_id: int, operator_id: UUID | None, by: UUID | None
) -> None:
    """Give a ticket to an operator, or with None to nobody."""
    _hold_open(connection, ticket_id, operator_id, by)
    known = {"operator_id": operator_id}
    if operator_id is not None and not connection.scalar(IS_OPERATOR, known):
        raise OperatorError(
            "Tickets are assigned to operators who may log in; this person may not."
        )
    if _change(connection, ticket_id, "assignee_id", operator_id):
        told = {"to": str(operator_id)} if operator_id else None
        _note(connection, ticket_id, by, "assigned", told)


def snooze(
    connection: Connection, ticket_id: int, until: datetime, by: UUID | None
) -> None:
    """Lay a ticket aside until then; it opens before when the customer writes."""
    now = datetime.now(UTC)
    if not now < until <= now + LONGEST_SNOOZE:
        raise OperatorError(
            f"A ticket sleeps until a time within {LONGEST_SNOOZE.days} days."
        )
    _hold_open(connection, ticket_id, by)
    connection.count(SNOOZE, {"ticket_id": ticket_id, "until": until})
    _note(connection, ticket_id, by, "snoozed", {"until": until.isoformat()})


def resolve(connection: Connection, ticket_id: int, by: UUID | None) -> bool:
    """Resolve a ticket, and give its user's chats to the bot; False: it was before."""
    # change_owner() holds the customer's row as one that it changes.
    connection.count(HOLD_PEOPLE, {"people": [by], "ticket_id": None})
    known = {"ticket_id": ticket_id, "by": by}
    is_done = connection.scalar(RESOLVE, known) is not None
    if not is_done:
        _hold(connection, ticket_id)
    return is_done


def reopen(connection: Connection, ticket_id: int, by: UUID | None) -> bool:
    """Open a resolved ticket again; False: it was not resolved.

    Who has the chats stays as it is: whoever goes on takes them.
    """
    ticket = _hold(connection, ticket_id, by)
    if ticket.status != "resolved":
        return False
    other = connection.scalar(OTHER_OPEN, {"user_id": ticket.user_id})
    if other is not None:
        raise OperatorError(
            f"Ticket {other} of the same person is open: go on in that one."
        )
    connection.count(REOPEN, {"ticket_id": ticket_id})
    _note(connection, ticket_id, by, "reopened")
    return True


def set_priority(
    connection: Connection, ticket_id: int, priority: str, by: UUID | None
) -> None:
    """Say how urgent a ticket is: one of PRIORITIES."""
    if priority not in PRIORITIES:
        raise OperatorError(f"A priority is one of {', '.join(PRIORITIES)}.")
    _hold_open(connection, ticket_id, by)
    if _change(connection, ticket_id, "priority", priority):
        _note(connection, ticket_id, by, "priority", {"priority": priority})


def set_labels(
    connection: Connection, ticket_id: int, labels: Iterable[str], by: UUID | None
) -> None:
    """Set all labels of a ticket; spaces around and doubles are dropped."""
    written = [_one_line(label) for label in labels]
    wanted = list(dict.fromkeys(label for label in written if label))
    if len(wanted) > MOST_LABELS:
        raise OperatorError(f"A ticket has up to {MOST_LABELS} labels: leave some out.")
    for label in wanted:
        _check_length("A label", label, MOST_LABEL)
    _hold(connection, ticket_id, by)
    if _change(connection, ticket_id, "labels", wanted):
        _note(connection, ticket_id, by, "labels")


def set_subject(
    connection: Connection, ticket_id: int, subject: str, by: UUID | None
) -> None:
    """Say in one line what a ticket is about."""
    written = _one_line(subject)
    _check_length("The subject", written, MOST_SUBJECT)
    _hold(connection, ticket_id, by)
    if _change(connection, ticket_id, "subject", written):
        _note(connection, ticket_id, by, "subject")


def _hold(connection: Connection, ticket_id: int, *people: UUID | None) -> Any:
    """Hold a ticket, and before it the rows of those that the change refers to."""
    known = {"ticket_id": ticket_id, "people": list(people)}
    connection.count(HOLD_PEOPLE, known)
    ticket = connection.first(HOLD, known)
    if ticket is None:
        raise OperatorError(
            f"There is no ticket {ticket_id}: it never was, or was deleted."
        )
    return ticket


def _hold_open(connection: Connection, ticket_id: int, *people: UUID | None) -> None:
    if _hold(connection, ticket_id, *people).status == "resolved":
        raise OperatorError(f"Ticket {ticket_id} is resolved: reopen it first.")


def _change(connection: Connection, ticket_id: int, column: str, value: Any) -> bool:
    """Tell whether that was something new."""
    statement = sql.SQL(CHANGE).format(column=sql.Identifier(column))
    return connection.count(statement, {"ticket_id": ticket_id, "value": value}) > 0


def _note(
    connection: Connection,
    ticket_id: int,
    by: UUID | None,
    event: str,
    told: dict[str, str] | None = None,
) -> None:
    known = {"ticket_id": ticket_id, "by": by, "event": event}
    connection.scalar(
        NOTE_EVENT, {**known, "told": None if told is None else Jsonb(told)}
    )


def _one_line(text: str) -> str:
    return " ".join(to_storable(text).split())


def _check_length(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise OperatorError(
            f"{what} has {len(text)} characters; up to {most} are kept: shorten it."
        )
