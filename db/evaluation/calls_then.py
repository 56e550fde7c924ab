"""Calls of tools as they were when an answer was made: some were decided since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db.database import Statements
from db.records import Call, Turn
from db.tools.approvals import MOST_WAITING
from db.tools.calls import COLUMNS, MOST_DONE, MOST_OF_A_BATCH

# A call that was allowed belongs to the batch that allowed it from then on, and still
# names the answer that asked for it.
OF_AN_ANSWER = f"""
SELECT {COLUMNS} FROM tool_calls
WHERE user_id = %(user_id)s
  AND (message_sid = %(message_sid)s OR reference_id = %(reference_id)s)
ORDER BY created_at, position LIMIT {MOST_OF_A_BATCH}
"""  # noqa: S608  (our own column names)
WAITING = f"""
SELECT {COLUMNS} FROM tool_calls
WHERE user_id = %(user_id)s AND created_at < %(came_at)s
  AND COALESCE(started_at, ended_at, 'infinity') > %(said_at)s
  AND message_sid <> %(message_sid)s
ORDER BY created_at DESC, position DESC LIMIT {MOST_WAITING}
"""  # noqa: S608  (the same)
DONE = f"""
SELECT {COLUMNS} FROM tool_calls
WHERE user_id = %(user_id)s AND state = 'done' AND ended_at < %(came_at)s
  AND message_sid <> %(message_sid)s
ORDER BY created_at DESC, position DESC LIMIT {MOST_DONE}
"""  # noqa: S608  (the same)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsThen:
    """The calls of a situation: see db.records.evaluation."""

    made: tuple[Call, ...]
    known: tuple[Call, ...]
    waiting: tuple[Call, ...]
    done: tuple[Call, ...]


def find_calls(
    statements: Statements, user_id: UUID, reply: Turn, batch: Sequence[Turn]
) -> CallsThen:
    """Return the calls around a reply to a batch. Raises the driver's errors."""
    came_at = max(turn.timestamp for turn in batch)
    asked = {
        "user_id": user_id,
        "message_sid": batch[0].message_sid,
        "reference_id": UUID(reply.reference_id or ""),
        "came_at": came_at,
        "said_at": reply.timestamp,
    }
    return split_calls(
        of_answer=statements.read(Call, OF_AN_ANSWER, asked),
        waiting=statements.read(Call, WAITING, asked),
        done=statements.read(Call, DONE, asked),
        reply=reply,
        batch=batch,
    )


def split_calls(
    *,
    of_answer: Sequence[Call],
    waiting: Sequence[Call],
    done: Sequence[Call],
    reply: Turn,
    batch: Sequence[Turn],
) -> CallsThen:
    """Return calls as they were when a reply to a batch was made.

    `of_answer` are those that name either; the others are of before.
    """
    came_at = max(turn.timestamp for turn in batch)
    mine = [call for call in of_answer if call.message_sid == batch[0].message_sid]
    known = [call for call in mine if _is_before(call, came_at)]
    made = [call for call in of_answer if call not in known]
    return CallsThen(
        made=tuple(_as_then(call, reply, batch) for call in made),
        known=tuple(known),
        waiting=tuple(replace(call, state="waiting", result=None) for call in waiting),
        done=tuple(done),
    )


def _is_before(call: Call, came_at: datetime) -> bool:
    """Tell whether a call was asked for before the last message of its batch came."""
    return call.created_at is not None and call.created_at < came_at


def _as_then(call: Call, reply: Turn, batch: Sequence[Turn]) -> Call:
    """Return a call that still waited when the reply was made as one that waits."""
    came_to_something = call.started_at or call.ended_at
    is_later = came_to_something is None or came_to_something > reply.timestamp
    is_moved = call.message_sid != batch[0].message_sid
    if is_later or is_moved:
        return replace(call, state="waiting", result=None, error=None)
    return call
