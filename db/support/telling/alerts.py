"""Alerts: what operators are told of a customer, each of it once.

The customer's row is held while alerts about them are stored, so that nothing is told
twice at once; the outbox sends them. What the customer said stands in the parts alone,
which are erased with the customer: the operator's transcript names the ticket.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from psycopg.types.json import Jsonb

from db.database import Connection, Statements
from db.delivery.statements import QUEUE_SENDS
from db.records import Turn, read_turns
from db.records.alerts import RELAY, Alert, Case, News, OnDuty, Reach
from db.support.replies import STORE_PARTS, find_last_inbound

MOST_OPERATORS = 50
FIND_CASE = """
SELECT users.user_id, owner, owner_version, owner_id, owner_reason, owner_since,
  owner_until, owner_warned_at, ticket.id AS ticket_id, assignee_id,
  COALESCE(full_name, phone_number, '') AS name
FROM users JOIN support_tickets AS ticket
  ON ticket.user_id = users.user_id AND status <> 'resolved'
WHERE users.user_id = %(user_id)s AND owner <> 'bot'
FOR NO KEY UPDATE OF users
"""
# A full chat is continued in a new one: what was said last may stand in two.
LAST_CHATS = """
SELECT messages FROM userchats WHERE customer_id = %(user_id)s
ORDER BY is_active DESC, updated_at DESC LIMIT 2
"""
ON_DUTY = """
SELECT operator.user_id,
  EXISTS (SELECT FROM support_alerts AS told
    WHERE told.operator_id = operator.user_id AND told.user_id = %(user_id)s
      AND about = %(event_id)s) AS knows_event,
  (SELECT message_sid FROM support_alerts AS told
    WHERE told.operator_id = operator.user_id AND told.user_id = %(user_id)s
      AND message_sid IS NOT NULL ORDER BY created_at DESC LIMIT 1) AS told_sid,
  (SELECT extract(epoch FROM now() - max(created_at))::float
    FROM support_alerts AS told
    WHERE told.operator_id = operator.user_id AND told.user_id = %(user_id)s
  ) AS told_ago
FROM users AS operator
WHERE role <> 'user' AND is_active AND phone_number IS NOT NULL
  AND operator.user_id <> %(user_id)s
  AND (alerts_muted_until IS NULL OR alerts_muted_until <= now())
  AND NOT EXISTS (
    SELECT FROM opt_outs WHERE opt_outs.user_id = operator.user_id)
ORDER BY created_at, operator.user_id LIMIT %(most)s
"""
EMAILS = """
SELECT user_id, email FROM users
WHERE role <> 'user' AND is_active AND email IS NOT NULL AND NOT email_is_given
  AND user_id <> %(user_id)s
  AND (alerts_muted_until IS NULL OR alerts_muted_until <= now())
ORDER BY created_at, user_id LIMIT %(most)s
"""
REACH = """
SELECT count(phone_number) AS with_phone,
       count(email) FILTER (WHERE NOT email_is_given) AS with_email
FROM users WHERE role <> 'user' AND is_active
"""
NOTE_ALERT = """
INSERT INTO support_alerts (
  reference_id, ticket_id, user_id, operator_id, about, message_sid)
VALUES (%(reference_id)s, %(ticket_id)s, %(user_id)s, %(operator_id)s, %(about)s,
        %(message_sid)s)
ON CONFLICT DO NOTHING
"""
# Beside what waits for an answer: it settles nothing.
APPEND = """
UPDATE userchats SET messages = messages || jsonb_build_array(%(turn)s::jsonb)
WHERE customer_id = %(user_id)s AND is_active
  AND pg_column_size(messages) <= %(most_bytes)s
RETURNING chat_id
"""
CLOSE = """
UPDATE userchats SET is_active = false WHERE customer_id = %(user_id)s AND is_active
"""
OPEN_CHAT = """
INSERT INTO userchats (chat_id, customer_id, messages)
VALUES (%(chat_id)s, %(user_id)s, jsonb_build_array(%(turn)s::jsonb)) RETURNING chat_id
"""
MOST_BYTES = 16_000
NOTE_ONCE = """
SELECT note_event(%(ticket_id)s, NULL, %(name)s, %(details)s)
WHERE NOT EXISTS (
  SELECT FROM support_messages
  WHERE ticket_id = %(ticket_id)s AND kind = 'event' AND body = %(name)s
    AND details ->> 'about' = %(about)s)
"""
DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
VALUES ('alerts', 'announce', 'announce:' || %(channel)s::text || ':' || %(user_id)s,
        jsonb_build_object('user_id', %(user_id)s::uuid, 'channel', %(channel)s::text))
"""


def find_news(connection: Connection, user_id: UUID) -> News | None:
    """Return what there is to tell of a user, whose row is held from now on.

    None: nobody of ours has them, or shall have them, any more.
    """
    row = connection.first(FIND_CASE, {"user_id": user_id})
    if row is None:
        return None
    chats = connection.column(LAST_CHATS, {"user_id": user_id})
    turns = [turn for messages in reversed(chats) for turn in read_turns(messages)]
    case = Case(
        user_id=row.user_id,
        ticket_id=row.ticket_id,
        name=row.name,
        owner=row.owner,
        owner_id=row.owner_id,
        reason=row.owner_reason,
        since=row.owner_since,
    )
    event, event_id = _event_of(row)
    return News(
        case=case,
        assignee_id=row.assignee_id,
        event=event,
        event_id=event_id,
        ends_at=row.owner_until,
        turns=tuple(turns),
    )


def _event_of(row: Any) -> tuple[Any, str]:
    if row.owner == "queue":
        return "waits", f"queue:{row.owner_version}"
    if row.owner_warned_at is not None:
        return "ends", f"ends:{row.owner_warned_at.isoformat()}"
    return None, ""


def find_on_duty(connection: Connection, news: News) -> list[OnDuty]:
    """Return who is to be told on WhatsApp: who has the case, or else all.

    One who is muted, wrote STOP or has no number is not; nor is the customer.
    """
    asked = {"user_id": news.case.user_id, "event_id": news.event_id}
    found = connection.read(OnDuty, ON_DUTY, {**asked, "most": MOST_OPERATORS})
    return [
        replace(one, wrote_at=find_last_inbound(connection, one.user_id))
        for one in _whose(news, found)
    ]


def find_emails(connection: Statements, news: News) -> list[str]:
    """Return where whoever is to be told is written to; nobody who is muted."""
    asked = {"user_id": news.case.user_id, "most": MOST_OPERATORS}
    return [row.email for row in _whose(news, connection.rows(EMAILS, asked))]


def _whose(news: News, operators: list[Any]) -> list[Any]:
    """Return who of them is told: who has the case, else all of them may take it."""
    is_taken = news.case.owner == "human"
    theirs = (news.case.owner_id if is_taken else None) or news.assignee_id
    mine = [one for one in operators if one.user_id == theirs]
    return mine if mine or is_taken else operators


def count_reach(connection: Statements) -> Reach:
    """Return how many operators could be told at all."""
    return connection.read(Reach, REACH)[0]


def record_alert(connection: Connection, alert: Alert) -> bool:
    """Store an alert, have it sent; False, and nothing is: they were told before."""
    key = f"{alert.operator_id} {alert.case.user_id} {alert.about}"
    reference_id = uuid5(NAMESPACE_OID, key)
    if not note_alert(connection, alert, reference_id):
        return False
    chat_id = _append(connection, alert, reference_id)
    stored = {
        "reference_id": reference_id,
        "chat_id": chat_id,
        "user_id": alert.operator_id,
        "parts": Jsonb([replace(p, author=RELAY).to_json() for p in alert.parts]),
    }
    connection.count(STORE_PARTS, stored)
    sends = {"user_id": str(alert.operator_id), "pause": timedelta()}
    connection.first(QUEUE_SENDS, sends)
    return True


def note_alert(connection: Connection, alert: Alert, reference_id: UUID) -> bool:
    """Note that a message to an operator is about a case: its quote leads there."""
    row = {
        "reference_id": reference_id,
        "ticket_id": alert.case.ticket_id,
        "user_id": alert.case.user_id,
        "operator_id": alert.operator_id,
        "about": alert.about,
        "message_sid": alert.message_sid,
    }
    return connection.count(NOTE_ALERT, row) > 0


def _append(connection: Connection, alert: Alert, reference_id: UUID) -> str:
    turn = Turn(
        role="system",
        content=f"Told of ticket {alert.case.ticket_id}.",
        timestamp=datetime.now(UTC),
        reference_id=str(reference_id),
    )
    stored = {"user_id": alert.operator_id, "turn": Jsonb(turn.to_json())}
    found: str | None = connection.scalar(APPEND, {**stored, "most_bytes": MOST_BYTES})
    if found:
        return found
    connection.count(CLOSE, stored)
    new = {**stored, "chat_id": secrets.token_hex(8)}
    opened: str = connection.scalar(OPEN_CHAT, new)
    return opened


def announce(
    connection: Connection, news: News, told: int, channels: Sequence[str]
) -> None:
    """Note once in the ticket who was told of an event; defer what tells elsewhere."""
    how = {"whatsapp": told, "elsewhere": list(channels)}
    name = "alerted" if told or channels else "nobody alerted"
    if not note_once(connection, news, name, how):
        return
    for channel in channels:
        about = {"user_id": str(news.case.user_id), "channel": channel}
        connection.count(DEFER, about)


def note_once(
    connection: Statements, news: News, name: str, details: dict[str, Any]
) -> bool:
    """Write into the ticket what became of an event, if that does not stand there."""
    about = {"ticket_id": news.case.ticket_id, "about": news.event_id, "name": name}
    told = Jsonb({"about": news.event_id, **details})
    return bool(connection.rows(NOTE_ONCE, {**about, "details": told}))
