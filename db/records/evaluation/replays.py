"""A replay, and each of its answers beside what was said then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

AnswerState = Literal["waiting", "done", "failed"]
ANSWER_STATES: tuple[AnswerState, ...] = get_args(AnswerState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is tried, on which answers; amounts are millionths of `currency`.

    `asked_for` names nobody. What is None is as the bot is set, not bounded, or not
    known. `waiting`, `same`, `other` and `failed` count its answers.
    """

    id: int
    asked_for: str
    prompt: str | None
    model: str | None
    knowledge: Literal["now", "then"]
    most_micros: int | None
    estimated_micros: int | None
    spent_micros: int
    currency: str | None
    created_at: datetime
    ended_at: datetime | None
    waiting: int
    same: int
    other: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayAnswer:
    """An answer of a replay: `before` was said, `after` would be now.

    `told` has lists: `calls`, `divergences`, `notes`, and `sources`, each of it text or
    plain JSON.
    """

    position: int
    user_id: UUID
    chat_id: str
    reference_id: UUID
    question: str
    before: str
    state: AnswerState = "waiting"
    after: str | None = None
    is_same: bool | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    model: str | None = None
    tokens: int | None = None
    cost_micros: int | None = None
    seconds: Decimal | None = None
