"""Operators who write on WhatsApp are told there of what is wrong with the bot."""

import secrets
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from psycopg.types.json import Jsonb

from db.database import Connection, Statements
from db.delivery.window import is_open
from db.records import PartContent, Turn
from db.records.alerts import RELAY
from db.support.replies import find_last_inbound, store_parts
from db.support.telling.alerts import MOST_OPERATORS

OPERATORS = """
SELECT user_id FROM users
WHERE role <> 'user' AND is_active AND phone_number IS NOT NULL
  AND (alerts_muted_until IS NULL OR alerts_muted_until <= now())
  AND NOT EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id)
ORDER BY created_at, user_id LIMIT %(most)s FOR NO KEY UPDATE OF users
"""
EMAILS = """
SELECT email FROM users
WHERE role <> 'user' AND is_active AND email IS NOT NULL AND NOT email_is_given
ORDER BY created_at, user_id LIMIT %(most)s
"""
WAS_TOLD = "SELECT EXISTS (SELECT FROM reply_parts WHERE reference_id = %(id)s)"
APPEND = """
INSERT INTO userchats AS active (chat_id, customer_id, messages)
VALUES (%(chat_id)s, %(user_id)s, jsonb_build_array(%(turn)s::jsonb))
ON CONFLICT (customer_id) WHERE is_active
  DO UPDATE SET messages = active.messages || EXCLUDED.messages
RETURNING chat_id
"""


def tell_operators(connection: Connection, trouble_id: UUID, text: str) -> int:
    """Tell operators whose service window is open; return how many were told.

    In one open transaction; called again, it tells nobody twice.
    """
    told = 0
    for operator in connection.column(OPERATORS, {"most": MOST_OPERATORS}):
        if is_open(find_last_inbound(connection, operator), datetime.now(UTC)):
            _tell(connection, operator, trouble_id, text)
            told += 1
    return told


def find_all_emails(connection: Statements) -> tuple[str, ...]:
    """Return the addresses of all operators who log in."""
    rows = connection.rows(EMAILS, {"most": MOST_OPERATORS})
    return tuple(row.email for row in rows)


def _tell(connection: Connection, operator: UUID, trouble_id: UUID, text: str) -> None:
    reference_id = uuid5(NAMESPACE_OID, f"{trouble_id} {operator}")
    if connection.scalar(WAS_TOLD, {"id": reference_id}):
        return
    turn = Turn(
        role="system",
        content="Told of a trouble.",
        timestamp=datetime.now(UTC),
        reference_id=str(reference_id),
    )
    known = {"user_id": operator, "turn": Jsonb(turn.to_json())}
    chat_id: str = connection.scalar(APPEND, {**known, "chat_id": secrets.token_hex(8)})
    part = PartContent(text, author=RELAY)
    store_parts(connection, operator, reference_id, chat_id, [part])
