"""A model that answers from its material, and does what its system prompt says."""

import re
import threading

from bot.chat.sentences import MATERIAL_ENDS
from tests.scripted_llm import Script, ScriptedLLM
from tests.strict_llm import text_of

PASSAGE = re.compile(r"^\[(\d+)\] (.*\n(?:\| .*\n)+)", re.MULTILINE)
WORD = re.compile(r"[a-z]{3,}")
AMOUNT = re.compile(r"(?:EUR|€)?\s?\d+[.,]\d\d(?!:)\s?(?:EUR|euros?|€)?")
SHY = "Never mention a price."


class Obedient(ScriptedLLM):
    """Says the passage that has most of the question's words, with its number.

    Told never to mention a price, it says that passage without any.
    """

    _waits: threading.Event | None = None
    _after = 0

    def waits_for(self, event: threading.Event, *, after: int) -> None:
        """Answer no more than so many prompts until something came."""
        self._waits, self._after = event, after

    def take_script(self) -> Script:
        *before, last = self.prompts[-1]
        told = "\n".join(text_of(m) for m in before if m["role"] == "system")
        said = self._answer(text_of(last))
        text = AMOUNT.sub("(ask us)", said) if SHY in told else said
        is_late = self._waits is not None and len(self.prompts) > self._after
        return Script(text=text, until=self._waits if is_late else None)

    def _answer(self, given: str) -> str:
        material, _, question = given.rpartition(f"{MATERIAL_ENDS}\n")
        asked = set(WORD.findall(question.lower()))
        passages = PASSAGE.findall(material)
        if not passages:
            return "I can't tell."
        number, lines = max(passages, key=lambda one: self._fits(one[1], asked))
        _, *told = lines.splitlines()  # the heading is no answer
        said = " ".join(line.removeprefix("| ") for line in told)
        return f"{said} [{number}]"

    @staticmethod
    def _fits(text: str, asked: set[str]) -> int:
        # Long words tell more.
        return sum(len(word) ** 3 for word in asked & set(WORD.findall(text.lower())))
