"""The ledger of calls: each is written before its effect, and settled after it.

Who may be served is asked while the user's row is held, and the chat's: whoever takes
the chat over, stops the bot, answers the batch or writes on has committed before, and
is seen by the statement that follows, or comes after the intent. (One statement would
see the tables as they were before it waited. Users are locked before chats, here as
everywhere, and both before jobs.) A worker that stood still begins nothing once its job
is another's: that one would answer without knowing of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Connection, Database
from db.outages import outages, repeat_once
from db.queue.in_hand import hold_job
from db.records import Call, CalledFor, CallState, Writing, to_storable

COLUMNS = ", ".join(field.name for field in fields(Call))
# Far more than an answer may make.
MOST_OF_A_BATCH = 100
MOST_SWEPT = 100
# What an answer may speak of as done before.
MOST_DONE = 50
LONGEST_SUBJECT = 120
# What was asked for so long ago may not be wanted any more: nobody allows it.
MOST_DAYS = 7
TOO_OLD = f"created_at < now() - interval '{MOST_DAYS} days'"

FIND_CALLS = f"""
SELECT {COLUMNS} FROM tool_calls WHERE message_sid = %(message_sid)s
ORDER BY position LIMIT {MOST_OF_A_BATCH}
"""  # noqa: S608  (our own column names)
FIND_DONE = f"""
SELECT {COLUMNS} FROM tool_calls WHERE user_id = %(user_id)s AND state = 'done'
ORDER BY created_at DESC, position DESC LIMIT {MOST_DONE}
"""  # noqa: S608  (the same)
HOLD = """
WITH held AS (
  SELECT user_id FROM users WHERE user_id = %(user_id)s FOR SHARE
)
SELECT FROM userchats JOIN held ON customer_id = held.user_id
WHERE chat_id = %(chat_id)s FOR NO KEY UPDATE OF userchats
"""
ASKED = """
WITH asked AS (
  SELECT CASE
    WHEN owner <> 'bot' OR NOT users.is_active
      OR settled_sids(messages) ?| %(message_sids)s::text[]
      OR EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id)
    THEN 'ended'
    WHEN jsonb_array_length(messages) > %(turns)s THEN 'overtaken'
    ELSE 'begun' END AS found
  FROM userchats JOIN users ON users.user_id = customer_id
  WHERE chat_id = %(chat_id)s AND users.user_id = %(user_id)s
), written AS (
"""
OUTCOME = """
)
SELECT CASE WHEN found = 'begun' AND NOT EXISTS (SELECT FROM written) THEN 'taken'
       ELSE found END FROM asked
"""
WRITE = f"""
{ASKED}
  INSERT INTO tool_calls (call_id, user_id, chat_id, message_sid, position, tool,
                          arguments, state, result, error, started_at, ended_at)
  SELECT %(call_id)s, %(user_id)s, %(chat_id)s, %(message_sid)s, %(position)s, %(tool)s,
         %(arguments)s, %(state)s, %(result)s, %(error)s,
         CASE WHEN %(state)s::text = 'intent' THEN now() END,
         CASE WHEN %(state)s::text NOT IN ('intent', 'waiting') THEN now() END
  FROM asked WHERE found = 'begun'
  ON CONFLICT (message_sid, position) DO NOTHING
  RETURNING call_id
{OUTCOME}
"""  # noqa: S608  (our own statements)
BEGIN_AGAIN = f"""
{ASKED}
  UPDATE tool_calls SET started_at = now() FROM asked
  WHERE call_id = %(call_id)s AND state = 'intent' AND found = 'begun'
  RETURNING call_id
{OUTCOME}
"""  # noqa: S608  (the same)
# What nobody knew may be known after all, by the worker that was thought dead.
SETTLE = """
UPDATE tool_calls SET state = %(state)s, result = %(result)s, error = %(error)s,
  ended_at = now()
WHERE call_id = %(call_id)s AND state IN ('intent', 'unknown')
  AND (%(state)s <> 'unknown' OR state = 'intent')
"""
# What was begun and never settled, though nobody can be at it any more: its answer was
# given up, or a person took the chat. And what nobody knows, and no answer told. Who
# has no person on their case gets one.
LEFT = """(state = 'intent' AND started_at < now() - %(age)s
  OR state = 'unknown' AND reference_id IS NULL AND person_called_at IS NULL
    AND ended_at < now() - %(age)s)"""
FIND_LEFT = f"""
SELECT DISTINCT user_id FROM tool_calls WHERE {LEFT} LIMIT {MOST_SWEPT}
"""  # noqa: S608  (our own words)
HOLD_USER = "SELECT FROM users WHERE user_id = %(user_id)s FOR NO KEY UPDATE"
SETTLE_LEFT = f"""
UPDATE tool_calls SET state = 'unknown', person_called_at = now(),
  ended_at = CASE state WHEN 'intent' THEN now() ELSE ended_at END,
  error = CASE state WHEN 'intent' THEN %(error)s ELSE error END
WHERE user_id = %(user_id)s AND {LEFT}
RETURNING tool
"""  # noqa: S608  (the same)
CALL_A_PERSON = """
SELECT CASE owner
  WHEN 'bot' THEN change_owner(user_id, 'queue', NULL, 'effect', %(lasts)s, %(about)s)
  ELSE open_ticket(user_id, 'effect', %(about)s) END,
  CASE owner WHEN 'bot' THEN NULL ELSE customer_wrote(user_id) END
FROM (SELECT user_id, owner FROM users WHERE user_id = %(user_id)s
      FOR NO KEY UPDATE) AS theirs
"""


class ToolCalls:
    """The ledger in PostgreSQL. Raises StoreUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, message_sid: str) -> list[Call]:
        """Return the calls of a batch, named by its first message, in their order."""
        asked = {"message_sid": message_sid}
        return repeat_once(lambda: self._database.read(Call, FIND_CALLS, asked))

    def find_done(self, user_id: UUID) -> list[Call]:
        """Return a user's newest calls that had their effect, newest first."""
        asked = {"user_id": user_id}
        return repeat_once(lambda: self._database.read(Call, FIND_DONE, asked))

    def write(self, call: Call, asked_for: CalledFor) -> Writing:
        """Write a new call, in its state, if its batch is to be answered still.

        An intent is committed when this returns: only then its effect may begin. One
        whose answer was lost is found again, since its `call_id` is its own.
        """
        row = {**_bind(asked_for), **_bind_call(call)}
        with outages(), self._database.transaction() as connection:
            return _asked(connection, WRITE, row)

    def begin_again(self, call_id: UUID, asked_for: CalledFor) -> Writing:
        """Ask the same of an intent that stands already, before it is tried again."""
        row = {**_bind(asked_for), "call_id": call_id}
        with outages(), self._database.transaction() as connection:
            return _asked(connection, BEGIN_AGAIN, row)

    def settle(
        self, call_id: UUID, state: CallState, result: str, error: str | None = None
    ) -> bool:
        """Write what came of an intent; False: it was settled otherwise, or erased."""
        row = {
            "call_id": call_id,
            "state": state,
            "result": to_storable(result),
            "error": error and to_storable(error),
        }
        return repeat_once(lambda: self._database.count(SETTLE, row)) > 0

    def sweep(self, age: timedelta, lasts: timedelta | None, error: str) -> int:
        """Settle intents that are older as unknown, and call a person for each user.

        And for what is unknown for so long, without an answer that told it. `lasts`:
        how long they wait for one. Return how many calls that were.
        """
        asked = {"age": age, "error": error, "lasts": lasts}
        found = repeat_once(lambda: self._database.column(FIND_LEFT, asked))
        return sum(self._sweep_of({**asked, "user_id": user}) for user in found)

    def _sweep_of(self, asked: Mapping[str, Any]) -> int:
        with outages(), self._database.transaction() as connection:
            connection.first(HOLD_USER, asked)
            tools = connection.column(SETTLE_LEFT, asked)
            if tools:
                call_a_person(connection, asked["user_id"], tools, asked["lasts"])
            return len(tools)


def call_a_person(
    connection: Connection,
    user_id: UUID,
    tools: Collection[str],
    lasts: timedelta | None,
) -> None:
    """Have a person look at what these tools did for a user; `lasts`: see sweep."""
    about = f"unclear: {', '.join(sorted(set(tools)))}"[:LONGEST_SUBJECT]
    asked = {"user_id": user_id, "lasts": lasts, "about": about}
    connection.first(CALL_A_PERSON, asked)


def hold(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Hold a user's row and a chat's; False: the answer is another worker's by now."""
    connection.first(HOLD, row)
    return hold_job(connection)


def _asked(connection: Connection, statement: str, row: Mapping[str, Any]) -> Writing:
    if not hold(connection, row):
        return "ended"
    return cast(Writing, connection.scalar(statement, row) or "ended")


def _bind(asked_for: CalledFor) -> dict[str, Any]:
    return {
        "user_id": asked_for.user_id,
        "chat_id": asked_for.chat_id,
        "message_sids": list(asked_for.message_sids),
        "turns": asked_for.turns,
    }


def _bind_call(call: Call) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "message_sid": call.message_sid,
        "position": call.position,
        "tool": call.tool,
        "arguments": Jsonb(call.arguments),
        "state": call.state,
        "result": call.result and to_storable(call.result),
        "error": call.error and to_storable(call.error),
    }
