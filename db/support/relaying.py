"""The way back: whom an operator's message is for, and that it is settled."""

from datetime import timedelta
from uuid import UUID

from db.database import Connection, Statements
from db.delivery.replies import bind_reply, choose_statement
from db.records import Reply
from db.records.alerts import Case

MOST_CASES = 20
COLUMNS = """
SELECT customer.user_id, ticket.id AS ticket_id, owner, owner_id,
  owner_reason AS reason, owner_since AS since,
  COALESCE(full_name, phone_number, '') AS name,
  (SELECT max(told.created_at) FROM support_alerts AS told
    WHERE told.operator_id = %(operator_id)s AND told.user_id = customer.user_id
      AND told.ticket_id = ticket.id) AS told_at
FROM users AS customer JOIN support_tickets AS ticket
  ON ticket.user_id = customer.user_id
"""
# Who waits for anybody or for this operator, and whose chat is this operator's.
MINE = f"""
{COLUMNS}
WHERE status <> 'resolved' AND customer.user_id <> %(operator_id)s
  AND (owner = 'queue' AND (assignee_id IS NULL OR assignee_id = %(operator_id)s)
    OR owner = 'human' AND owner_id = %(operator_id)s)
ORDER BY owner_since, ticket.id LIMIT %(most)s
"""
BY_NUMBER = f"""
{COLUMNS}
WHERE ticket.id = %(ticket_id)s AND status <> 'resolved'
  AND customer.user_id <> %(operator_id)s
"""
BY_QUOTE = f"""
{COLUMNS}
JOIN support_alerts AS alert ON alert.ticket_id = ticket.id
  AND alert.user_id = customer.user_id AND alert.operator_id = %(operator_id)s
JOIN reply_parts AS part ON part.reference_id = alert.reference_id
  AND part.user_id = %(operator_id)s
WHERE part.message_sid = %(message_sid)s
ORDER BY ticket.id LIMIT %(most)s
"""
MUTE = """
UPDATE users SET alerts_muted_until = now() + %(lasts)s WHERE user_id = %(operator_id)s
"""
RESOLVE = "SELECT resolve_ticket(%(ticket_id)s, %(operator_id)s)"


def find_mine(connection: Statements, operator_id: UUID) -> list[Case]:
    """Return who waits, or is this operator's; MOST_CASES at most, longest first."""
    asked = {"operator_id": operator_id, "most": MOST_CASES}
    return connection.read(Case, MINE, asked)


def find_by_number(
    connection: Connection, operator_id: UUID, ticket_id: int
) -> list[Case]:
    """Return the open ticket of that number, if there is one."""
    asked = {"operator_id": operator_id, "ticket_id": ticket_id}
    return connection.read(Case, BY_NUMBER, asked)


def find_by_quote(
    connection: Connection, operator_id: UUID, message_sid: str
) -> list[Case]:
    """Return whom a message that this operator was sent is about; it may be several."""
    asked = {"operator_id": operator_id, "message_sid": message_sid}
    return connection.read(Case, BY_QUOTE, {**asked, "most": MOST_CASES})


def mute_alerts(
    connection: Connection, operator_id: UUID, lasts: timedelta | None
) -> None:
    """Send this operator no alerts for so long; None: send them again."""
    connection.count(MUTE, {"operator_id": operator_id, "lasts": lasts})


def resolve_ticket(connection: Connection, ticket_id: int, operator_id: UUID) -> bool:
    """Resolve a ticket, and give the chat back to the bot; False: it was before."""
    asked = {"ticket_id": ticket_id, "operator_id": operator_id}
    return connection.scalar(RESOLVE, asked) is not None


def settle(connection: Connection, chat_id: str, reply: Reply) -> int:
    """Store the reply to an operator's message; 0: the message was settled before."""
    parameters = bind_reply(chat_id, reply, None)
    return connection.scalar(choose_statement(reply), parameters) or 0
