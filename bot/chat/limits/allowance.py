"""How many answers one person, and all of them, get within an hour: each is paid for.

The brake looks at one chat, for machines; this counts what was stored for a person,
in whichever chat, and holds whoever writes.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.chat import sentences
from bot.chat.replies import Batch, note, say
from bot.environment import Reader
from bot.languages.speaking import every_wording, speak
from db.records import Reply, Turn, Userchat
from db.store import Answered

WITHIN = timedelta(hours=1)
# Said to a person once within the hour, in their language, and not counted as answers.
SETTINGS = {
    sentences.TOO_MANY_OF_YOURS: "ANSWERS_PER_PERSON_HOUR",
    sentences.TOO_MANY_OF_ALL: "ANSWERS_PER_HOUR",
}

# Counts what was answered to a user and to all, but for some words, of late, and to all
# no further than to a bound.
CountAnswers = Callable[[UUID, Collection[str], timedelta, int], Answered]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What an operator allows in an hour; 0: as many as there are."""

    per_person: int = 0
    for_all: int = 0

    def reply_beyond(
        self, chat: Userchat, batch: Batch, count: CountAnswers
    ) -> Reply | None:
        """Return what settles a batch without an answer; None: it may be answered.

        A polite word, or a note where the person was told within the hour.
        """
        if not self.per_person and not self.for_all:
            return None
        answered = count(chat.user_id, every_word(), WITHIN, self.for_all)
        word = self._exceeded(answered)
        if word is None:
            return None
        if answered.is_told:
            return note(batch, sentences.NOT_ANSWERED_ALLOWANCE)
        return Reply(turn=say(speak(chat.language, word), batch))

    def _exceeded(self, answered: Answered) -> str | None:
        if self.per_person and answered.to_person >= self.per_person:
            return sentences.TOO_MANY_OF_YOURS
        if self.for_all and answered.to_all >= self.for_all:
            return sentences.TOO_MANY_OF_ALL
        return None


def read_allowance(read: Reader) -> Allowance:
    """Return what is set; what is wrong is collected by the reader."""
    return Allowance(
        per_person=read.integer("ANSWERS_PER_PERSON_HOUR", 60, 0, 1_000_000),
        for_all=read.integer("ANSWERS_PER_HOUR", 3000, 0, 1_000_000),
    )


def find_exceeded(turn: Turn) -> str | None:
    """Return the setting that a turn of ours tells of, where no more is allowed."""
    if not turn.is_by_bot or turn.model:
        return None
    told = (said for said in SETTINGS if turn.content in every_wording(said))
    return next((SETTINGS[sentence] for sentence in told), None)


def every_word() -> frozenset[str]:
    """Return what is said where no more is allowed, in every language."""
    return every_wording(*SETTINGS)


def is_over(turn: Turn) -> bool:
    """Tell whether a turn of ours stands for an answer that was not allowed."""
    is_note = turn.role == "system" and turn.content == sentences.NOT_ANSWERED_ALLOWANCE
    return is_note or find_exceeded(turn) is not None
