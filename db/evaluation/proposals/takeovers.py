"""What people of ours told users, with what was asked: read from a chat's turns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from db.records import Turn

# A question is what was written last, not a whole talk.
MOST_ASKED = 3
LONGEST_TOLD = 4000
# What was written for no more than to get a person.
ASKING = frozenset({"asked", "keyword"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """What a person told after a question; `gap` is the answer that met one before.

    `answer` is what the bot had said to it, if anything: it was not enough for who
    asked for a person then.
    """

    reference_id: UUID
    question: str
    told: str
    happened_at: datetime
    answer_id: UUID | None = None
    answer: str | None = None
    gap: str | None = None


@dataclass(slots=True)
class _Heard:
    """What was asked and not answered yet, as far as the turns were read.

    `before` is what the bot answered last.
    """

    asked: list[Turn] = field(default_factory=list)
    answer: Turn | None = None
    gap: str | None = None
    told: list[Turn] = field(default_factory=list)
    before: "_Heard | None" = None

    def ask(self, turn: Turn) -> None:
        self.asked.append(turn)

    def drop(self, sids: Sequence[str]) -> None:
        """Leave out what asked for nothing."""
        self.asked = [turn for turn in self.asked if turn.message_sid not in sids]

    def answered(self, turn: Turn) -> "_Heard":
        """Return what is left once the bot answered: nothing, if that was enough."""
        kept = _Heard(asked=self.asked, answer=self.answer or turn, gap=self.gap)
        return _Heard(before=kept if self.asked else self.before)


def find_takeovers(
    turns: Sequence[Turn], gaps: Mapping[str, str]
) -> Iterator[Takeover]:
    """Yield what people told, each with its question.

    `gaps` has the questions that nothing told, by the answer that said so: what a
    person tells after it answers that question.
    """
    heard = _Heard()
    for turn in turns:
        if turn.role == "user" and heard.told:
            yield from _told(heard, gaps)
            heard = _Heard()
        if turn.role == "user":
            heard.ask(turn)
        elif turn.is_by_person:
            heard.told.append(turn)
        elif turn.is_by_bot:
            heard = _after(heard, turn, gaps)
    yield from _told(heard, gaps)


def _after(heard: _Heard, turn: Turn, gaps: Mapping[str, str]) -> _Heard:
    """Return what is left to be answered once the bot said something."""
    if heard.told or turn.notice_for:
        return heard
    if turn.command or turn.hands_over in ASKING:
        heard.drop(turn.in_reply_to)
        is_not_enough = turn.hands_over and heard.before and not heard.asked
        return heard.before if is_not_enough and heard.before else heard
    if turn.reference_id in gaps:
        heard.gap, heard.answer = turn.reference_id, turn
        return heard
    if turn.hands_over and turn.model:
        heard.answer = heard.answer or turn
    return heard if turn.hands_over or turn.error else heard.answered(turn)


def _of(answer: Turn | None) -> tuple[UUID | None, str | None]:
    return (_read_id(answer.reference_id), answer.content) if answer else (None, None)


def _told(heard: _Heard, gaps: Mapping[str, str]) -> Iterator[Takeover]:
    """Yield what was told, if a question and an answer with an id are there."""
    said = [turn.content.strip() for turn in heard.asked[-MOST_ASKED:]]
    question = gaps[heard.gap] if heard.gap else "\n".join(filter(None, said))
    told = "\n".join(filter(None, (turn.content.strip() for turn in heard.told)))
    ids = [key for turn in heard.told if (key := _read_id(turn.reference_id))]
    if question.strip() and told and ids:
        answer_id, answer = _of(heard.answer)
        yield Takeover(
            reference_id=ids[0],
            question=question,
            told=told[:LONGEST_TOLD],
            happened_at=heard.told[0].timestamp,
            answer_id=answer_id,
            answer=answer,
            gap=heard.gap,
        )


def _read_id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:  # a turn that was written by hand
        return None
