"""What an LLM asked of tools, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

# waiting: somebody has to allow it. intent: it may be under way. done, failed: it is
# over, and what came of it is known. unknown: whether it took effect, nobody knows.
# refused: it was not begun, and never will be.
CallState = Literal["waiting", "intent", "done", "failed", "unknown", "refused"]
CALL_STATES: tuple[CallState, ...] = get_args(CallState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One asking for a tool. `call_id` is the key that its effect goes by.

    `message_sid` is the first message of the batch that it was asked for, `position`
    its place among that batch's calls, from 0. `arguments` passed the tool's schema.
    `result` is what the LLM is told: untrusted. `error` is for operators.
    """

    call_id: UUID
    user_id: UUID
    chat_id: str
    message_sid: str
    position: int
    tool: str
    arguments: Mapping[str, Any]
    state: CallState
    result: str | None = None
    error: str | None = None
    reference_id: UUID | None = None
    approved_by: str | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
