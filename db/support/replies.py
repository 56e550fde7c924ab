"""What a person of ours says to a user: stored once, and the chat is theirs by it."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from psycopg.types.json import Jsonb

from db.database import Connection
from db.delivery.statements import QUEUE_SENDS
from db.delivery.window import LAST_INBOUND, LATEST, SERVICE_WINDOW, is_open
from db.errors import OperatorError
from db.records import (
    A_PERSON,
    PartContent,
    PersonReplied,
    PersonReply,
    SaidElsewhere,
    Turn,
)
from db.support.owners import change_owner

# Whoever waited for the lock must see what was committed meanwhile, a STOP above all:
# so it is read by a statement of its own.
LOCK = "SELECT 1 FROM users WHERE user_id = %(user_id)s FOR NO KEY UPDATE"
READ = """
SELECT owner, owner_id, owner_version,
  EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id) AS opted_out
FROM users WHERE user_id = %(user_id)s
"""
FIND_SAID = """
SELECT chat_id, (SELECT id FROM support_tickets WHERE user_id = %(user_id)s
                 ORDER BY id DESC LIMIT 1) AS ticket_id
FROM reply_parts WHERE reference_id = %(reference_id)s AND user_id = %(user_id)s LIMIT 1
"""
# It settles what waits: nobody else answers that. What was noticed late answers only
# what was asked before it was said. Where no chat is active one is opened, if no
# message does so at the same time.
APPEND = """
INSERT INTO userchats AS active (chat_id, customer_id, messages)
VALUES (%(chat_id)s, %(user_id)s, jsonb_build_array(%(turn)s::jsonb))
ON CONFLICT (customer_id) WHERE is_active
DO UPDATE SET messages = active.messages || jsonb_build_array(
  %(turn)s::jsonb || COALESCE((
    SELECT jsonb_build_object('in_reply_to', jsonb_agg(sid))
    FROM unanswered_sids(active.messages) AS sid
    WHERE %(said_at)s::timestamptz IS NULL OR EXISTS (
      SELECT FROM jsonb_array_elements(active.messages) AS asked
      WHERE asked ->> 'message_sid' = sid
        AND COALESCE(message_time(asked ->> 'timestamp') <= %(said_at)s, true))
    HAVING count(*) > 0), '{}'))
RETURNING chat_id, is_answered(messages) AS is_answered
"""
# Where the last message came from, if it is known.
STORE_PARTS = f"""
INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address,
                         our_address, body, media, template, author)
SELECT %(reference_id)s::uuid, %(chat_id)s, %(user_id)s, part.position - 1,
       COALESCE(came.address, users.phone_number), came.our_address,
       part.body, part.media, part.template, part.author
FROM ROWS FROM (
  jsonb_to_recordset(%(parts)s::jsonb)
    AS (body text, media jsonb, template jsonb, author text)
) WITH ORDINALITY AS part (body, media, template, author, position)
JOIN users ON users.user_id = %(user_id)s
LEFT JOIN (
  SELECT address, our_address FROM inbound_messages WHERE message_sid = (
    SELECT message ->> 'message_sid' FROM ({LATEST}) AS theirs
    ORDER BY updated_at DESC, number DESC LIMIT 1)
) AS came ON true
ORDER BY part.position
"""  # noqa: S608  (our own words)
NOTE_ANSWER = """
UPDATE support_tickets SET snoozed_until = NULL,
  status = CASE WHEN %(is_answered)s THEN 'waiting' ELSE 'open' END,
  first_response_at = COALESCE(first_response_at, now())
WHERE user_id = %(user_id)s AND status <> 'resolved' RETURNING id
"""
NOTE_REPLY = "SELECT note_event(%(ticket_id)s, %(author_id)s, 'replied', NULL)"
# By what they are known; whom the business writes to first is made known by it.
KNOW = """
WITH known AS (
  SELECT user_id FROM user_addresses WHERE address = %(address)s
  ORDER BY is_number LIMIT 1
), made AS (
  INSERT INTO users (phone_number)
  SELECT %(address)s WHERE NOT EXISTS (SELECT FROM known)
  ON CONFLICT (phone_number) DO UPDATE SET phone_number = EXCLUDED.phone_number
  RETURNING user_id
)
SELECT user_id FROM known UNION ALL SELECT user_id FROM made
"""
# What is being sent has no SID yet. What operators get is for nobody else.
MAY_BE_OURS = """
SELECT EXISTS (SELECT FROM reply_parts WHERE user_id = %(user_id)s
               AND (status IN ('sending', 'uncertain') OR message_sid = %(sid)s
                 -- A first copy that Twilio listed late: it was sent again since.
                 OR attempts > CASE status WHEN 'pending' THEN 0 ELSE 1 END
                   AND created_at > now() - interval '1 day'
                   AND (body = %(text)s OR template IS NOT NULL)))
  OR EXISTS (SELECT FROM users WHERE user_id = %(user_id)s AND role <> 'user')
"""
SENT_ELSEWHERE = """
UPDATE reply_parts SET status = %(status)s, message_sid = %(sid)s
WHERE reference_id = %(reference_id)s AND user_id = %(user_id)s
"""
CLOSED = "They wrote nothing for 24 hours: WhatsApp takes a template only."


class NotSentError(OperatorError):
    """A person's reply that was not stored; the text says why, and what to do.

    `reason` is `gone`, `empty`, `stopped`, `closed` (the service window), `taken`
    (another operator has the chat) or `changed` (it changed hands since it was looked
    at).
    """

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


def record_person_reply(connection: Connection, reply: PersonReply) -> PersonReplied:
    """Store what an operator says, take the chat over by it, and have it sent.

    In one open transaction: all of it counts once that is committed. Said again, with
    the same `reference_id`, it changes nothing. Raises NotSentError.
    """
    known = {"user_id": reply.user_id, "reference_id": reply.reference_id}
    connection.count(LOCK, known)
    user = connection.first(READ, known)
    if user is None:
        raise NotSentError("gone", "This person was erased: nothing can be sent.")
    if said := connection.first(FIND_SAID, known):
        return PersonReplied(
            chat_id=said.chat_id,
            ticket_id=said.ticket_id,
            version=user.owner_version,
            is_new=False,
        )
    _check(reply, user)
    waits = _is_too_late(connection, reply)
    if waits and not reply.may_wait:
        raise NotSentError("closed", CLOSED)
    return replace(_store(connection, reply), waits=waits)


def record_said_elsewhere(
    connection: Connection, said: SaidElsewhere, lasts: timedelta | None
) -> bool:
    """Store what was sent past us, once, and give the chat to a person by it.

    In one open transaction. False: it is known, it may be ours, or it went to an
    operator of ours.
    """
    found = connection.scalar(KNOW, {"address": said.address})
    known = {"user_id": found, "sid": said.message_sid, "status": said.status}
    known["text"] = said.text
    connection.count(LOCK, known)
    if connection.scalar(MAY_BE_OURS, known):
        return False
    reply = PersonReply(
        user_id=found,
        reference_id=uuid5(NAMESPACE_OID, said.message_sid),
        text=said.text,
        parts=(PartContent(said.text),),
        lasts=lasts,
    )
    _store(connection, reply, said_at=said.sent_at)
    stored = {**known, "reference_id": reply.reference_id}
    return connection.count(SENT_ELSEWHERE, stored) > 0


def _store(
    connection: Connection, reply: PersonReply, *, said_at: datetime | None = None
) -> PersonReplied:
    """Store what a person says, and have it sent if it was not said elsewhere then."""
    version = change_owner(
        connection, reply.user_id, "human",
        operator=reply.author_id, why="replied", lasts=reply.lasts,
    )  # fmt: skip
    chat_id, is_answered = _append(connection, reply, said_at)
    parts = [replace(part, author=_author(reply)) for part in reply.parts]
    _insert_parts(connection, reply.user_id, reply.reference_id, chat_id, parts)
    if said_at is None:
        _queue_sends(connection, reply.user_id)
    answered = {"user_id": reply.user_id, "is_answered": is_answered}
    ticket_id = connection.scalar(NOTE_ANSWER, answered)
    noted = {"ticket_id": ticket_id, "author_id": reply.author_id}
    connection.scalar(NOTE_REPLY, noted)
    return PersonReplied(
        chat_id=chat_id, ticket_id=ticket_id, version=version or 0, is_new=True
    )


def find_last_inbound(connection: Connection, user_id: UUID) -> datetime | None:
    """Return when a user last wrote; SERVICE_WINDOW later free replies end.

    https://www.twilio.com/docs/whatsapp/key-concepts#customer-service-windows
    """
    found: datetime | None = connection.scalar(LAST_INBOUND, {"user_id": user_id})
    return found


def _check(reply: PersonReply, user: Any) -> None:
    mine = user.owner_id in {None, reply.author_id}
    if not reply.parts:
        raise NotSentError("empty", "There is nothing to send: write something.")
    if user.opted_out:
        raise NotSentError("stopped", "They wrote STOP: nothing is sent until START.")
    if user.owner == "human" and not mine:
        raise NotSentError("taken", "Another operator has this chat: take it first.")
    if reply.version not in {None, user.owner_version} and not (
        user.owner == "human" and user.owner_id == reply.author_id
    ):
        raise NotSentError("changed", "The chat changed hands: look at it, send again.")


def _is_too_late(connection: Connection, reply: PersonReply) -> bool:
    """Tell whether the service window is over for what is no template."""
    if all(part.template for part in reply.parts):
        return False
    last = find_last_inbound(connection, reply.user_id)
    if reply.may_wait:
        return not is_open(last, datetime.now(UTC))
    return last is None or datetime.now(UTC) - last > SERVICE_WINDOW


def _append(
    connection: Connection, reply: PersonReply, said_at: datetime | None
) -> tuple[str, bool]:
    """Store the turn; return its chat, and whether nothing waits for an answer in it.

    `said_at` None: just now, so that it answers all.
    """
    turn = Turn(
        role="assistant",
        content=reply.text,
        timestamp=datetime.now(UTC),
        reference_id=str(reply.reference_id),
        author=_author(reply),
    )
    stored = {"user_id": reply.user_id, "turn": Jsonb(turn.to_json())}
    stored |= {"chat_id": secrets.token_hex(8), "said_at": said_at}
    row: Any = connection.first(APPEND, stored)
    return row.chat_id, row.is_answered


def store_parts(
    connection: Connection,
    user_id: UUID,
    reference_id: UUID,
    chat_id: str,
    parts: Sequence[PartContent],
) -> None:
    """Store what is sent to where a user last wrote from, and a job that sends it."""
    _insert_parts(connection, user_id, reference_id, chat_id, parts)
    _queue_sends(connection, user_id)


def _insert_parts(
    connection: Connection,
    user_id: UUID,
    reference_id: UUID,
    chat_id: str,
    parts: Sequence[PartContent],
) -> None:
    stored = Jsonb([part.to_json() for part in parts])
    known = {"user_id": user_id, "reference_id": reference_id, "chat_id": chat_id}
    connection.count(STORE_PARTS, {**known, "parts": stored})


def _queue_sends(connection: Connection, user_id: UUID) -> None:
    connection.first(QUEUE_SENDS, {"user_id": str(user_id), "pause": timedelta()})


def _author(reply: PersonReply) -> str:
    return str(reply.author_id) if reply.author_id else A_PERSON
