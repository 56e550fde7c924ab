"""ChatStore on PostgreSQL: one transaction a call."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine, Row, bindparam, exc, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from db.ingest import RECORD_INBOUND, bind_inbound
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
# the message settled. Parts go where the message came from, not to another address of
# the same person. The job is deferred with them, or not at all (see db.queue).
RECORD_REPLY = text("""
WITH appended AS (
  UPDATE userchats SET messages = messages || jsonb_build_array(CAST(:turn AS jsonb))
  WHERE chat_id = :chat_id
    AND NOT jsonb_path_query_array(messages, '$[*].in_reply_to[*]') ?| :about
    AND NOT jsonb_path_query_array(messages, '$[*].notice_for[*]') ?| :notifies
  RETURNING customer_id
), parts AS (
  INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address, body)
  SELECT CAST(:reference_id AS uuid), :chat_id, users.user_id, part.position - 1,
         COALESCE((SELECT address FROM inbound_messages
                   WHERE message_sid = :last_about), users.phone_number), part.body
  FROM appended JOIN users ON users.user_id = appended.customer_id
  CROSS JOIN unnest(:bodies) WITH ORDINALITY AS part (body, position)
  ORDER BY part.position
)
SELECT customer_id, CASE WHEN cardinality(:bodies) > 0 THEN
  procrastinate_defer_jobs_v1(ARRAY[ROW(
    'deliveries', 'send_reply', 0, 'send:' || customer_id, NULL,
    jsonb_build_object('reference_id', CAST(:reference_id AS text)), NULL
  )::procrastinate_job_to_defer_v1]) END
FROM appended
""").bindparams(
    bindparam("about", type_=ARRAY(TEXT)),
    bindparam("notifies", type_=ARRAY(TEXT)),
    bindparam("bodies", type_=ARRAY(TEXT)),
)

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
# A job that can be seen belongs to a message that can be seen: whoever deletes it and
# then loads the chat answers that message.
DROP_WAITING_JOBS = text("""
DELETE FROM procrastinate_jobs
WHERE status = 'todo' AND task_name = 'answer_chat' AND args ->> 'chat_id' = :chat_id
""")
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
        with outages(), self._autocommit.connect() as connection:
            known = connection.execute(KNOWN_SIDS, {"sids": list(message_sids)})
            return set(message_sids) - set(known.scalars())

    def drop_waiting_jobs(self, chat_id: str) -> None:
        """Drop the chat's other jobs: the caller answers all that is unanswered now.

        Else a flood's jobs, each with nothing to do, would hold up what comes later.
        """
        with outages(), self._autocommit.connect() as connection:
            connection.execute(DROP_WAITING_JOBS, {"chat_id": chat_id})

    def load_chat(self, chat_id: str) -> Userchat | None:
        """Return the chat with its turns, or None if it was erased."""
        row = repeat_once(lambda: self._select_chat(chat_id))
        return _read_chat(row) if row else None

    def _select_chat(self, chat_id: str) -> Row[Any] | None:
        with self._autocommit.connect() as connection:
            return connection.execute(LOAD_CHAT, {"chat_id": chat_id}).first()

    def record_reply(self, chat_id: str, reply: Reply) -> bool:
        """Append the reply, store its parts and queue them: all of it or nothing."""
        marks = reply.error is not None or reply.opts_out is not None
        parameters = _bind_reply(chat_id, reply)
        # One statement is a transaction of its own, at a fraction of the round trips.
        engine = self._engine if marks else self._autocommit
        with outages(), engine.begin() as connection:
            user_id = connection.execute(RECORD_REPLY, parameters).scalar()
            if user_id is None:
                return False
            if marks:
                _mark(connection, chat_id, user_id, reply)
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


def _bind_reply(chat_id: str, reply: Reply) -> dict[str, Any]:
    turn = reply.turn
    about = [*turn.in_reply_to, *turn.notice_for]
    return {
        "chat_id": chat_id,
        "turn": Jsonb(turn.to_json()),
        "about": about,
        "notifies": list(turn.notice_for),
        "reference_id": turn.reference_id,
        "last_about": about[-1] if about else None,
        "bodies": list(reply.parts),
    }


def _mark(connection: Connection, chat_id: str, user_id: UUID, reply: Reply) -> None:
    if reply.error is not None:
        _mark_error(connection, chat_id, reply)
    if reply.opts_out is not None:
        choice = OPT_OUT if reply.opts_out else OPT_IN
        connection.execute(choice, {"id": user_id})


def _mark_error(connection: Connection, chat_id: str, reply: Reply) -> None:
    sids = list(reply.turn.in_reply_to)
    parameters = {
        "chat_id": chat_id,
        "sids": sids,
        "error": to_storable(reply.error or ""),
    }
    connection.execute(MARK_ERROR, parameters)
