"""From what a person answers to a gap, the piece of knowledge that it is."""

from bot.knowledge.words import split_words
from db.errors import OperatorError
from db.records import NewAnswer, NewChunk

LONGEST = 4000  # characters: it is given to the LLM whole
LONGEST_TITLE = 80


def compose_answer(text: str, question: str) -> NewAnswer:
    """Return an answer as it is stored: found by its own words and the question's.

    Raises OperatorError where it says nothing, or more than a passage may.
    """
    answer = text.strip()
    if not answer:
        raise OperatorError("the answer is empty: say it after --answer")
    if len(answer) > LONGEST:
        raise OperatorError(
            f"the answer has {len(answer)} characters, and may have {LONGEST}: add a "
            "document instead (`bot knowledge add`)"
        )
    said = f"{question.strip()[:LONGEST]}\n{answer}"
    chunk = NewChunk(text=said, words=tuple(split_words(said)))
    return NewAnswer(title=_title(question), language=None, chunk=chunk)


def _title(question: str) -> str:
    words = " ".join(question.split())
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1] + "…"
