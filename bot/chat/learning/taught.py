"""Answers that learn: a teacher's lesson goes to school, all else to the LLM."""

from dataclasses import dataclass

from bot.chat import sentences
from bot.chat.commands.entries import Command
from bot.chat.learning.lesson import find_lesson
from bot.chat.replies import Answers, Batch, say
from bot.knowledge.taking_in.lessons import Learned, NotYetError, School
from bot.languages.speaking import speak
from bot.llm.protocol import LLMError
from db.records import Reply, Userchat

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Taught:
    """Whoever answers, after school."""

    answering: Answers
    school: School

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply to a batch: to a lesson, what became of it.

        Raises LLMError where there is none this time: it is tried again as any answer.
        """
        lesson = find_lesson(batch[0]) if chat.is_teacher and len(batch) == 1 else None
        if lesson is None:
            return self.answering.answer(chat, batch, seconds)
        try:
            learned = self.school.learn(lesson, seconds)
        except NotYetError as error:
            raise LLMError(
                str(error), most_tries=error.most_tries, retry_after=error.retry_after
            ) from error
        return Reply(
            turn=say(_tell(learned, chat.language), batch, command=Command.LEARN)
        )


def _tell(learned: Learned, language: str | None) -> str:
    named = learned.title and f'"{learned.title}"'
    what = named or speak(language, sentences.YOUR_DOCUMENT)
    if learned.error is not None:
        why = learned.error[:LONGEST_REASON]
        return speak(language, sentences.NOT_LEARNED, what=what, why=why)
    words = sentences.LEARNED if learned.is_read else sentences.LEARNING
    return speak(language, words, what=what)
