"""ChatStore on PostgreSQL: one transaction a call."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine, Row, bindparam, exc, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from db.ingest import RECORD_INBOUND, bind_inbound
from db.queue import defer_send
from db.records import InboundMessage, Receipt, Reply, Turn, Userchat, to_storable
from db.store import StoreUnavailableError

Result = TypeVar("Result")
AT_ONCE_SECONDS = 0.9

LOAD_CHAT = text("""
SELECT userchats.chat_id, userchats.customer_id, userchats.is_active,
       userchats.messages, earlier.messages AS earlier_messages, phone_number,
       users.is_active AS user_is_active, opt_outs.user_id IS NOT NULL AS opted_out
FROM userchats JOIN users ON users.user_id = userchats.customer_id
LEFT JOIN userchats AS earlier ON earlier.customer_id = users.user_id
  AND earlier.chat_id = userchats.metadata ->> 'continues'
LEFT JOIN opt_outs ON opt_outs.user_id = users.user_id
WHERE userchats.chat_id = :chat_id
""")

# The guard stands in the UPDATE itself: of two workers that answered the same message
# (one was thought dead) the second waits for the first one's row lock and then finds
# the message settled.
APPEND_REPLY = text("""
UPDATE userchats SET messages = messages || jsonb_build_array(CAST(:turn AS jsonb))
WHERE chat_id = :chat_id
  AND NOT jsonb_path_query_array(messages, '$[*].in_reply_to[*]') ?| :about
  AND NOT jsonb_path_query_array(messages, '$[*].notice_for[*]') ?| :notifies
RETURNING customer_id
""").bindparams(
    bindparam("about", type_=ARRAY(TEXT)), bindparam("notifies", type_=ARRAY(TEXT))
)

# Replies go where the message came from, not to another address of the same person.
INSERT_PARTS = text("""
INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address, body)
SELECT :reference_id, :chat_id, users.user_id, part.position - 1,
       COALESCE((SELECT address FROM inbound_messages
                 WHERE message_sid = :about), users.phone_number), part.body
FROM users, unnest(:bodies) WITH ORDINALITY AS part (body, position)
WHERE users.user_id = :user_id ORDER BY part.position
""").bindparams(bindparam("bodies", type_=ARRAY(TEXT)))

MARK_ERROR = text("""
UPDATE userchats SET messages = (
  SELECT jsonb_agg(
    CASE WHEN element ->> 'message_sid' = ANY (:sids)
    THEN element || jsonb_build_object('error', CAST(:error AS text))
    ELSE element END ORDER BY position)
  FROM jsonb_array_elements(messages) WITH ORDINALITY AS turn (element, position))
WHERE chat_id = :chat_id
""").bindparams(bindparam("sids", type_=ARRAY(TEXT)))

KNOWN_SIDS = text(
    "SELECT message_sid FROM inbound_messages WHERE message_sid = ANY (:sids)"
).bindparams(bindparam("sids", type_=ARRAY(TEXT)))
OPT_OUT = text("INSERT INTO opt_outs (user_id) VALUES (:id) ON CONFLICT DO NOTHING")
OPT_IN = text("DELETE FROM opt_outs WHERE user_id = :id")


@contextmanager
def outages() -> Iterator[None]:
    """Turn what the driver raises into one error: away, read-only, not migrated.

    DataError stays what it is: the same data would be refused again.
    """
    try:
        yield
    except exc.DataError:
        raise
    except (exc.DBAPIError, exc.TimeoutError) as error:
        kind = type(error).__name__
        raise StoreUnavailableError(f"the database is away ({kind})") from error


def repeat_once(call: Callable[[], Result]) -> Result:
    """Make a call, and once more if its pooled connection had died unnoticed.

    For calls that change nothing when they are repeated: the first one may have been
    committed although its answer was lost. One that failed slowly is not repeated:
    the caller has only so much time. Raises StoreUnavailableError.
    """
    began = time.monotonic()
    with outages():
        try:
            return call()
        except exc.DBAPIError as error:
            slow = time.monotonic() - began > AT_ONCE_SECONDS
            if slow or not error.connection_invalidated:
                raise
            return call()


class PostgresChatStore:
    """Users, chats and turns in PostgreSQL."""

    def __init__(self, engine: Engine, session_timeout: timedelta) -> None:
        self._engine = engine
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._session_timeout = session_timeout

    def record_inbound(self, message: InboundMessage) -> Receipt:
        """Take a message in once (see db.ingest)."""
        parameters = bind_inbound(message, self._session_timeout)
        row = repeat_once(lambda: self._execute_ingest(parameters))
        return Receipt(chat_id=row[0] if row else None)

    def _execute_ingest(self, parameters: dict[str, Any]) -> Row[Any] | None:
        with self._autocommit.connect() as connection:
            return connection.exec_driver_sql(RECORD_INBOUND, parameters).first()

    def find_unknown(self, message_sids: Sequence[str]) -> set[str]:
        """Return those of the SIDs that were never taken in."""
        with outages(), self._engine.begin() as connection:
            known = connection.execute(KNOWN_SIDS, {"sids": list(message_sids)})
            return set(message_sids) - set(known.scalars())

    def load_chat(self, chat_id: str) -> Userchat | None:
        """Return the chat with its turns, or None if it was erased."""
        row = repeat_once(lambda: self._select_chat(chat_id))
        return _read_chat(row) if row else None

    def _select_chat(self, chat_id: str) -> Row[Any] | None:
        with self._engine.begin() as connection:
            return connection.execute(LOAD_CHAT, {"chat_id": chat_id}).first()

    def record_reply(self, chat_id: str, reply: Reply) -> bool:
        """Append the reply, store its parts and queue them: all of it or nothing."""
        with outages(), self._engine.begin() as connection:
            user_id = _append_reply(connection, chat_id, reply)
            if user_id is None:
                return False
            if reply.error is not None:
                _mark_error(connection, chat_id, reply)
            if reply.opts_out is not None:
                connection.execute(
                    OPT_OUT if reply.opts_out else OPT_IN, {"id": user_id}
                )
            if reply.parts:
                _insert_parts(connection, chat_id, user_id, reply)
        return True


def _read_chat(row: Row[Any]) -> Userchat:
    return Userchat(
        chat_id=row.chat_id,
        user_id=row.customer_id,
        address=row.phone_number,
        turns=_read_turns(row.messages),
        earlier_turns=_read_turns(row.earlier_messages or []),
        is_active=row.is_active,
        user_is_active=row.user_is_active,
        opted_out=row.opted_out,
    )


def _read_turns(messages: list[Any]) -> tuple[Turn, ...]:
    elements = (element for element in messages if isinstance(element, dict))
    return tuple(Turn.from_json(element) for element in elements)


def _append_reply(connection: Connection, chat_id: str, reply: Reply) -> Any:
    parameters = {
        "chat_id": chat_id,
        "turn": Jsonb(reply.turn.to_json()),
        "about": [*reply.turn.in_reply_to, *reply.turn.notice_for],
        "notifies": list(reply.turn.notice_for),
    }
    return connection.execute(APPEND_REPLY, parameters).scalar()


def _mark_error(connection: Connection, chat_id: str, reply: Reply) -> None:
    sids = list(reply.turn.in_reply_to)
    parameters = {
        "chat_id": chat_id,
        "sids": sids,
        "error": to_storable(reply.error or ""),
    }
    connection.execute(MARK_ERROR, parameters)


def _insert_parts(
    connection: Connection, chat_id: str, user_id: Any, reply: Reply
) -> None:
    about = (*reply.turn.notice_for, *reply.turn.in_reply_to)
    parameters = {
        "reference_id": reply.turn.reference_id,
        "chat_id": chat_id,
        "user_id": user_id,
        "about": about[-1] if about else None,
        "bodies": list(reply.parts),
    }
    connection.execute(INSERT_PARTS, parameters)
    defer_send(connection, str(user_id), str(reply.turn.reference_id))
