"""Situations of cases: a talk that somebody wrote down, or one that was kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from bot.evaluation.situations import Situation
from bot.languages.detecting import detect
from db.records import Call, Turn, Userchat, find_unanswered

# Of talks that nobody had.
NOBODY = UUID(int=0)
NOWHERE = "whatsapp:+10000000000"
MOST_TURNS = 40
# Between two lines of a talk that tells no times.
PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Line:
    """What one side says in a talk that somebody wrote down."""

    is_user: bool
    text: str


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """What a tool gave, to be played back."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    result: str = ""


def situation_of(
    name: str,
    lines: Sequence[Line],
    *,
    said: str | None = None,
    calls: Sequence[RecordedCall] = (),
    at: datetime | None = None,
) -> Situation:
    """Return the situation of a talk whose last lines, the user's, are to be answered.

    All of it has the same ids wherever it is read again, and stands at `at`, or now.
    """
    moment = at or datetime.now(UTC)
    turns = _turns(name, lines, moment)
    batch = find_unanswered(turns)
    chat = Userchat(
        chat_id=uuid5(NOBODY, name).hex[:16],
        user_id=NOBODY,
        address=NOWHERE,
        turns=turns,
        language=detect(batch[-1].content),
    )
    recorded = tuple(_call(chat, batch, n, one) for n, one in enumerate(calls))
    return Situation(chat=chat, batch=batch, at=moment, said=said, calls=recorded)


def kept_situation(
    turns: Sequence[Turn], user_id: UUID | None, chat_id: str | None, said: str | None
) -> Situation:
    """Return the situation of turns that were kept with a case."""
    batch = find_unanswered(turns)
    chat = Userchat(
        chat_id=chat_id or uuid5(NOBODY, turns[0].content).hex[:16],
        user_id=user_id or NOBODY,
        address=NOWHERE,
        turns=tuple(turns),
        language=detect(batch[-1].content),
    )
    return Situation(chat=chat, batch=batch, at=batch[-1].timestamp, said=said)


def keep_turns(turns: Sequence[Turn], sids: Sequence[str]) -> list[Turn]:
    """Return what was said until messages were to be answered, these at the end.

    What came later, and what was not answered then, is left out; of what came before,
    the newest. Without the messages, nothing is returned.
    """
    places = [n for n, turn in enumerate(turns) if turn.message_sid in sids]
    if not places:
        return []
    batch = [turns[n] for n in places]
    before = [t for t in turns[: places[-1]] if t.message_sid not in sids]
    waiting = {turn.message_sid for turn in find_unanswered(before)}
    told = [t for t in before if t.message_sid not in waiting or t.role != "user"]
    spoken = [_bare(t) for t in told if t.role != "system"]
    room = max(MOST_TURNS - len(batch), 0)
    return [*(spoken[-room:] if room else []), *(_bare(turn) for turn in batch)]


def _bare(turn: Turn) -> Turn:
    """Return what is needed to ask again: what was said, when, and what it settles."""
    return Turn(
        role=turn.role,
        content=turn.content,
        timestamp=turn.timestamp,
        message_sid=turn.message_sid,
        beside=turn.beside,
        reference_id=turn.reference_id,
        in_reply_to=turn.in_reply_to,
        author=turn.author,
        choices=turn.choices,
    )


def _turns(name: str, lines: Sequence[Line], at: datetime) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for n, line in enumerate(lines):
        moment = at - PAUSE * (len(lines) - 1 - n)
        told = uuid5(NOBODY, f"{name} {n}")
        if line.is_user:
            turn = Turn(role="user", content=line.text, timestamp=moment)
            turns.append(replace(turn, message_sid=f"SM{told.hex}"))
            continue
        turn = Turn(role="assistant", content=line.text, timestamp=moment)
        sids = tuple(t.message_sid for t in find_unanswered(turns) if t.message_sid)
        turns.append(replace(turn, reference_id=str(told), in_reply_to=sids))
    return tuple(turns)


def _call(
    chat: Userchat, batch: Sequence[Turn], position: int, recorded: RecordedCall
) -> Call:
    return Call(
        call_id=uuid5(NOBODY, f"{chat.chat_id} {position}"),
        user_id=chat.user_id,
        chat_id=chat.chat_id,
        message_sid=batch[0].message_sid or "",
        position=position,
        tool=recorded.tool,
        arguments=recorded.arguments,
        state="done",
        result=recorded.result,
    )
