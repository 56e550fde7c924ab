"""Calls that wait for somebody: what is decided about them, once.

A call that was decided belongs to the batch that decided it from then on: whatever
breaks, that batch finds it as it finds its own calls.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from db.database import Database
from db.outages import outages, repeat_once
from db.records import Call, CalledFor, Decided, Writing
from db.tools.calls import ASKED, COLUMNS, OUTCOME, TOO_OLD, hold

MOST_WAITING = 20
FIND = f"""
SELECT {COLUMNS} FROM tool_calls
WHERE call_id = %(call_id)s AND user_id = %(user_id)s
"""  # noqa: S608  (our own column names)
WAITING = f"""
SELECT {COLUMNS} FROM tool_calls
WHERE user_id = %(user_id)s AND state = 'waiting' AND tool = ANY(%(tools)s)
  AND approved_by IS NULL
ORDER BY created_at DESC, position DESC LIMIT {MOST_WAITING}
"""  # noqa: S608  (the same)
# What the batch called itself comes first.
DECIDE = f"""
{ASKED}
  UPDATE tool_calls SET
    message_sid = %(message_sid)s,
    position = (SELECT COALESCE(max(theirs.position) + 1, 0) FROM tool_calls AS theirs
                WHERE theirs.message_sid = %(message_sid)s),
    state = CASE WHEN %(allows)s THEN 'intent' ELSE 'refused' END,
    result = CASE WHEN NOT %(allows)s THEN %(told)s END,
    approved_by = CASE WHEN %(allows)s THEN %(by)s END,
    started_at = CASE WHEN %(allows)s THEN now() END,
    ended_at = CASE WHEN NOT %(allows)s THEN now() END
  FROM asked
  WHERE call_id = %(call_id)s AND user_id = %(user_id)s AND state = 'waiting'
    AND approved_by IS NULL AND found = 'begun'
  RETURNING call_id
{OUTCOME}
"""  # noqa: S608  (our own statements)
REFUSE_LATE = """
UPDATE tool_calls SET state = 'refused', error = 'nobody allowed it in time',
  result = 'Not done: nobody allowed it in time.', ended_at = now()
WHERE call_id = %(call_id)s AND user_id = %(user_id)s AND state = 'waiting'
  AND approved_by IS NULL AND created_at < now() - %(lasts)s::interval
"""
DROP = """
UPDATE tool_calls SET state = 'refused', error = %(why)s, result = %(told)s,
  ended_at = now()
WHERE call_id = ANY(%(call_ids)s) AND state = 'waiting' AND approved_by IS NULL
"""
DROP_LATE = f"""
UPDATE tool_calls SET state = 'refused', error = %(why)s, result = %(told)s,
  ended_at = now()
WHERE state = 'waiting' AND (
  approved_by IS NULL AND tool = ANY(%(tools)s)
    AND created_at < now() - %(lasts)s::interval OR {TOO_OLD})
"""  # noqa: S608  (our own words)


class PostgresApprovals:
    """Calls that wait, in PostgreSQL. Raises StoreUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, call_id: UUID, user_id: UUID) -> Call | None:
        """Return a call of that user's; None: there is none."""
        asked = {"call_id": call_id, "user_id": user_id}
        found = repeat_once(lambda: self._database.read(Call, FIND, asked))
        return found[0] if found else None

    def waiting(self, user_id: UUID, tools: Collection[str]) -> list[Call]:
        """Return the user's calls of these tools that wait, the newest first."""
        asked = {"user_id": user_id, "tools": list(tools)}
        return repeat_once(lambda: self._database.read(Call, WAITING, asked))

    def decide(self, call_id: UUID, asked_for: CalledFor, decided: Decided) -> Writing:
        """Write what was decided about a call that waits: it is the batch's then.

        An intent is committed when this returns: only then its effect may begin.
        `taken`: the call does not wait any more, or waited for too long.
        """
        row = {**_bind(asked_for, decided), "call_id": call_id}
        with outages(), self._database.transaction() as connection:
            if not hold(connection, row):
                return "ended"
            connection.count(REFUSE_LATE, row)
            return cast(Writing, connection.scalar(DECIDE, row) or "ended")

    def drop(self, call_ids: Collection[UUID], why: str, told: str) -> None:
        """Refuse calls that wait; `why` is for operators, `told` for the LLM."""
        row = {"call_ids": list(call_ids), "why": why, "told": told}
        if call_ids:
            repeat_once(lambda: self._database.count(DROP, row))

    def drop_late(
        self, tools: Collection[str], lasts: timedelta, why: str, told: str
    ) -> int:
        """Refuse what waited for longer than `lasts`; return how many calls.

        And all else, whoever was to allow it, that did for longer than MOST_DAYS: what
        was allowed, too, and never begun, since there are no tools any more.
        """
        row = {"tools": list(tools), "lasts": lasts, "why": why, "told": told}
        return repeat_once(lambda: self._database.count(DROP_LATE, row))


def _bind(asked_for: CalledFor, decided: Decided) -> dict[str, Any]:
    return {
        "user_id": asked_for.user_id,
        "chat_id": asked_for.chat_id,
        "message_sid": asked_for.message_sid,
        "message_sids": list(asked_for.message_sids),
        "turns": asked_for.turns,
        "allows": decided.allows,
        "by": decided.by,
        "lasts": decided.lasts,
        "told": decided.told,
    }
