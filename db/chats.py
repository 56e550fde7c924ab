"""ChatStore on PostgreSQL: one statement a call, and so one transaction.

The statement that takes a message in is right under concurrency because every write is
an upsert whose conflict waits for the other writer: nothing is lost, nothing is stored
twice (READ COMMITTED, the default).
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from psycopg.types.json import Jsonb

from db.database import Database
from db.delivery.answered import IS_REPLY
from db.delivery.replies import bind_reply, choose_statement
from db.media.seen import find_seen
from db.memory.preferences import read_preferences
from db.outages import outages, repeat_once
from db.records import (
    Fact,
    InboundMessage,
    Receipt,
    Reply,
    Turn,
    Userchat,
    read_turns,
)

# An append rewrites the whole array, so a chat that is full is continued in a new one.
# Not between a question and its answer: a burst is answered as one, if it isn't huge.
FULL_BYTES = 12_000
MOST_BYTES = 16_000
MOST_FACTS = 8  # in a prompt
# Of an hour; whoever got more may be near a limit, and is counted exactly (Counts).
MOST_PARTS = 100

# In db/sql/0043_record_inbound.sql, with a fast way for who is known. A person is known
# by the business-scoped id first: a number may be handed on.
# An erased message is never new: see migration 0014, and for races repeat_once.
RECORD_INBOUND = """
SELECT record_inbound(
  sid => %(sid)s, from_address => %(address)s, other_address => %(other_address)s,
  to_address => %(our_address)s, name => %(name)s, turn => %(turn)s,
  new_chat_id => %(chat_id)s, opens_chat => %(opens_chat)s,
  session_timeout => %(session_timeout)s, full_bytes => %(full_bytes)s,
  most_bytes => %(most_bytes)s)
"""

LOAD_CHAT = f"""
SELECT userchats.chat_id, userchats.customer_id, userchats.is_active,
       userchats.messages, phone_number, full_name, users.is_active AS user_is_active,
       CASE WHEN earlier.customer_id = users.user_id THEN earlier.messages
         END AS earlier_messages, -- found by its key: a person's chats may be many
       earlier.metadata ->> 'continues' AS before_earlier,
       opt_outs.user_id IS NOT NULL AS opted_out,
       owner, owner_version, role <> 'user' AS is_operator,
       preferences, language_seen,
       COALESCE(preferences ->> 'language', language_seen) AS language,
       EXISTS (SELECT FROM documents) AS has_documents,
       (SELECT jsonb_agg(to_jsonb(latest)) FROM (
          SELECT id, kind, text, message_sid, created_at, valid_until FROM user_facts
          WHERE user_facts.user_id = users.user_id
            AND (valid_until IS NULL OR valid_until > now())
          ORDER BY created_at DESC, id DESC LIMIT %(most_facts)s) AS latest) AS facts,
       (SELECT CASE WHEN count(*) < %(most_parts)s
          THEN count(*) FILTER (WHERE {IS_REPLY}) END
        FROM (SELECT position, author, created_at FROM reply_parts
              WHERE reply_parts.user_id = users.user_id
              ORDER BY sequence DESC LIMIT %(most_parts)s) AS newest
        WHERE newest.created_at > now() - interval '1 hour') AS answers_of_hour
FROM userchats JOIN users ON users.user_id = userchats.customer_id
LEFT JOIN user_preferences ON user_preferences.user_id = users.user_id
LEFT JOIN userchats AS earlier ON earlier.chat_id = userchats.metadata ->> 'continues'
LEFT JOIN opt_outs ON opt_outs.user_id = users.user_id
WHERE userchats.chat_id = %(chat_id)s
"""  # noqa: S608  (our own words)

# What turns name and don't hold: our parts, and what the user wrote in other chats. The
# archive is looked into where something is missing still, and not beyond the newest.
FIND_QUOTED = """
WITH hot AS (
  SELECT message_sid, jsonb_build_object(
           'role', 'assistant', 'message_sid', message_sid, 'content', body,
           'reference_id', reference_id,
           'author', CASE WHEN author NOT IN ('bot', 'broadcast', 'fallback',
                                          'relay') THEN author END,
           'media', (SELECT jsonb_agg(jsonb_build_object('url', url))
                     FROM jsonb_array_elements_text(media) AS url)) AS said
  FROM reply_parts
  WHERE user_id = %(user_id)s AND message_sid = ANY (%(sids)s)
  UNION ALL
  SELECT said ->> 'message_sid', said
  FROM userchats CROSS JOIN LATERAL jsonb_array_elements(messages) AS said
  WHERE customer_id = %(user_id)s AND said ->> 'role' = 'user'
    AND said ->> 'message_sid' = ANY (%(sids)s)
), archived AS (
  SELECT said ->> 'message_sid' AS message_sid, said
  FROM (SELECT messages FROM userchats_archive WHERE customer_id = %(user_id)s
        ORDER BY created_at DESC LIMIT 200) AS newest
  CROSS JOIN LATERAL jsonb_array_elements(messages) AS said
  WHERE said ->> 'role' = 'user' AND said ->> 'message_sid' = ANY (%(sids)s)
), found AS (
  SELECT message_sid, said FROM hot
  UNION ALL
  SELECT message_sid, said FROM archived
  WHERE (SELECT count(DISTINCT message_sid) FROM hot) < cardinality(%(sids)s::text[])
)
SELECT message_sid, said ->> 'role' AS role, said ->> 'content' AS content, said
FROM found
"""

KNOWN_SIDS = """
SELECT message_sid FROM inbound_messages WHERE message_sid = ANY (%(sids)s)
UNION ALL SELECT sid FROM unnest(%(sids)s::text[]) AS sid
JOIN erased_sids ON sid_hash = hash_sid(sid)
"""
FIRST_START = "SELECT COALESCE(min(started_at), now()) FROM first_start"


class PostgresChatStore:
    """Users, chats and turns in PostgreSQL."""

    def __init__(
        self,
        database: Database,
        session_timeout: timedelta,
        wake_workers: Callable[[], None] = lambda: None,
        teachers: Collection[str] = (),
        recall: Callable[[Userchat, str | None], Userchat] = lambda chat, _: chat,
    ) -> None:
        """`teachers` are the addresses of those whose documents are everybody's.

        `recall` adds what is remembered from chats before: see db.memory.recalling.
        """
        self._recall = recall
        self._database = database
        self._session_timeout = session_timeout
        self._wake_workers = wake_workers
        self._teachers = frozenset(teachers)

    def record_inbound(self, message: InboundMessage) -> Receipt:
        """Take a message in once: user, active chat, turn and the answer's job."""
        parameters = bind_inbound(message, self._session_timeout)
        chat_id = repeat_once(lambda: self._database.scalar(RECORD_INBOUND, parameters))
        self._wake_workers()
        return Receipt(chat_id=chat_id)

    def find_unknown(self, message_sids: Sequence[str]) -> set[str]:
        """Return those of the SIDs that were never taken in, nor erased."""
        with outages():
            known = self._database.rows(KNOWN_SIDS, {"sids": list(message_sids)})
        return set(message_sids) - {row.message_sid for row in known}

    def read_first_start(self) -> datetime:
        """Return since when this database takes messages in."""
        with outages():
            return cast("datetime", self._database.scalar(FIRST_START))

    def load_chat(self, chat_id: str) -> Userchat | None:
        """Return the chat with its turns, or None if it was erased."""
        bounds = {"most_facts": MOST_FACTS, "most_parts": MOST_PARTS}
        parameters = {"chat_id": chat_id, **bounds}
        row = repeat_once(lambda: self._database.first(LOAD_CHAT, parameters))
        if row is None:
            return None
        is_teacher = row.phone_number in self._teachers
        chat = self._recall(_read_chat(row, is_teacher), row.before_earlier)
        return with_seen(self._database, with_quoted(self._database, chat))

    def record_reply(
        self, chat_id: str, reply: Reply, most_turns: int | None = None
    ) -> int:
        """Append the reply and store its parts: all of it or nothing.

        Jobs of the chat that wait are dropped once nothing is left for them to do.
        """
        parameters = bind_reply(chat_id, reply, most_turns)
        with outages():
            turns = self._database.scalar(choose_statement(reply), parameters)
        return turns or 0


def with_seen(database: Database, chat: Userchat) -> Userchat:
    """Return the chat with what was seen of media that turns brought, or quote.

    Raises StoreUnavailableError, as with_quoted does.
    """
    turns = (*chat.earlier_turns, *chat.turns)
    named = {turn.message_sid for turn in turns if turn.media}
    sids = [sid for sid in (named | {turn.quotes for turn in turns}) if sid]
    return replace(chat, seen=find_seen(database, chat.user_id, sids)) if sids else chat


def with_quoted(database: Database, chat: Userchat) -> Userchat:
    """Return the chat with what its turns quote, which is asked for only then."""
    turns = (*chat.earlier_turns, *chat.turns)
    named = {sid for turn in turns if (sid := turn.quotes)}
    sids = list(named - {turn.message_sid for turn in turns})
    if not sids:
        return chat
    parameters = {"user_id": chat.user_id, "sids": sids}
    rows = repeat_once(lambda: database.rows(FIND_QUOTED, parameters))
    found = {row.message_sid: Turn.from_json(row.said) for row in rows}
    return replace(chat, quoted=found)


def bind_inbound(message: InboundMessage, session_timeout: timedelta) -> dict[str, Any]:
    """Return the statement's parameters for a message."""
    return {
        "sid": message.message_sid,
        "address": message.address,
        "other_address": message.other_address,
        "our_address": message.our_address,
        "name": message.profile_name,
        "opens_chat": message.opens_chat,
        "session_timeout": session_timeout,
        "full_bytes": FULL_BYTES,
        "most_bytes": MOST_BYTES,
        "chat_id": secrets.token_hex(8),
        "turn": Jsonb(message.turn.to_json()),
    }


def _read_chat(row: Any, is_teacher: bool) -> Userchat:
    return Userchat(
        chat_id=row.chat_id,
        user_id=row.customer_id,
        address=row.phone_number,
        turns=read_turns(row.messages),
        name=row.full_name,
        earlier_turns=read_turns(row.earlier_messages),
        is_active=row.is_active,
        user_is_active=row.user_is_active,
        opted_out=row.opted_out,
        owner=row.owner,
        owner_version=row.owner_version,
        is_operator=row.is_operator,
        is_teacher=is_teacher,
        language=row.language,
        language_seen=row.language_seen,
        preferences=read_preferences(row.preferences),
        facts=tuple(map(_read_fact, row.facts or ())),
        has_documents=row.has_documents,
        answers_of_hour=row.answers_of_hour,
    )


def _read_fact(row: Mapping[str, Any]) -> Fact:
    until = row["valid_until"]
    return Fact(
        fact_id=row["id"],
        kind=row["kind"],
        text=row["text"],
        message_sid=row["message_sid"],
        told_at=datetime.fromisoformat(row["created_at"]),
        valid_until=until and datetime.fromisoformat(until),
    )
