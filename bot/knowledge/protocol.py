"""What the talk asks of the business's knowledge, wherever that lies."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from db.records import Found

# Of confidence: below it, the LLM is told that nothing was found. What is above it may
# still miss the answer: of that the LLM is the judge (docs/measurements.md).
ENOUGH = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked now, by whom, and what was said just before.

    `earlier` are the last turns before it, oldest first, the user's alone: what a
    follow-up ("and on Sundays?") is about. `most_tokens` is the room for passages.
    Without `has_documents` the store has none that could be searched.
    """

    text: str
    user_id: UUID
    earlier: tuple[str, ...] = ()
    most_tokens: int = 1500
    has_documents: bool = True


class Knowledge(Protocol):
    """Finds passages."""

    def find(self, question: Question, seconds: float, /) -> Found:
        """Return what is known about a question.

        A server that is asked for it has `seconds`; a statement has what the database
        allows each of its own.
        It never raises: what can't be searched in time is not found, `confidence` is
        0, and the log says so. Where nothing is known at all, or asked, nothing is
        found and `confidence` is None.
        """


class NoKnowledge:
    """There are no documents."""

    def find(self, _question: Question, _seconds: float) -> Found:
        """Find nothing."""
        return Found()
