"""What an LLM asked of tools, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from db.records.chats import to_storable

# waiting: somebody has to allow it. intent: it may be under way. done, failed: it is
# over, and what came of it is known. unknown: whether it took effect, nobody knows.
# refused: it was not begun, and never will be.
CallState = Literal["waiting", "intent", "done", "failed", "unknown", "refused"]
CALL_STATES: tuple[CallState, ...] = get_args(CallState)


def storable_json(value: Any) -> Any:
    """Return JSON whose texts PostgreSQL takes, as it will be read back."""
    if isinstance(value, str):
        return to_storable(value)
    if isinstance(value, Mapping):
        return {to_storable(str(k)): storable_json(one) for k, one in value.items()}
    return [storable_json(one) for one in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One asking for a tool. `call_id` is the key that its effect goes by.

    `message_sid` is the first message of the batch that it was asked for, `position`
    its place among that batch's calls, from 0. `arguments` passed the tool's schema.
    `result` is what the LLM is told: untrusted. `error` is for operators.
    `person_called_at`: when a person was called for it beside all answers.
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
    person_called_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledFor:
    """The batch that tools are called for, as it was when the LLM was asked.

    `message_sids` are its messages, oldest first: the first one names the batch.
    `turns` is how many the chat had; None: what was written since does not matter.
    """

    chat_id: str
    user_id: UUID
    message_sids: tuple[str, ...]
    turns: int | None = None

    @property
    def message_sid(self) -> str:
        """What the batch's calls are kept under."""
        return self.message_sids[0]


# begun: the call stands in the ledger as was asked. overtaken: newer messages came.
# ended: nobody is to be answered: it was, or STOP, a person, erasing came. taken:
# another worker wrote this position, or settled this call.
Writing = Literal["begun", "overtaken", "ended", "taken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Whether a call that waits may begin, and who says so: customer, or a user_id.

    One that waited for longer than `lasts` does not begin. `told` is for the LLM where
    it may not.
    """

    allows: bool
    by: str
    lasts: timedelta
    told: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A statement that only reads, of a SQL tool.

    `sql` has $1, $2 … for the `values`, as many as it takes. `shared`: what it reads is
    the same for everybody, so that its tables need no row security.
    """

    sql: str
    values: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a lookup found: a JSON object a row, each as text; `is_cut`: not all."""

    rows: tuple[str, ...]
    is_cut: bool = False
