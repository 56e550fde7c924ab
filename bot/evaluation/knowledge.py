"""What answers stand on: as it was found then, and with entries that are tried."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat.prompt import BYTES_A_TOKEN
from bot.knowledge.finding.followup import find_earlier_words
from bot.knowledge.finding.ranking import rate
from bot.knowledge.protocol import Knowledge, Question
from bot.knowledge.small_talk import asks_for_nothing
from bot.knowledge.words import split_words, words_to_find
from db.records import Found, Passage

# The stems of words, in a language: see db.knowledge.terms.
Stem = Callable[[str | None, Collection[str]], Mapping[str, Sequence[str]]]
# How much of a question has to stand in an entry for it to be found.
LEAST_SHARE = 0.3
# Words from the turns before count less: as in a search of all documents.
EARLIER_WEIGHT = 0.4
MOST_WORDS = 64


@dataclass(frozen=True, slots=True)
class FoundThen:
    """Knowledge that finds what was found for one question of the past."""

    found: Found

    def find(self, _question: Question, _seconds: float, /) -> Found:
        """Return what was found: see Knowledge."""
        return self.found


@dataclass(frozen=True, slots=True)
class WithEntries:
    """Knowledge, and entries that are not in it yet, by their titles.

    They are in no index, so they are weighed here, by their words as a user's own files
    are: one that holds enough of what a question asks stands before what is found
    otherwise. Where all that is known is given whole, they are given with it.
    """

    knowledge: Knowledge
    entries: Mapping[str, str]
    stem: Stem

    def find(self, question: Question, seconds: float, /) -> Found:
        """Return what is known about a question: see Knowledge."""
        found = self.knowledge.find(question, seconds)
        if asks_for_nothing(question.text):
            return found
        rated = self._rate(question)
        is_whole = found.is_whole or _is_empty(found)
        if is_whole and self._fit(found, question):
            return replace(found, passages=(*found.passages, *rated), is_whole=True)
        fitting = [each for each in rated if each.score >= LEAST_SHARE]
        if not fitting:
            return found
        sure = max(found.confidence or 0.0, *(each.score for each in fitting))
        ordered = sorted(fitting, key=lambda passage: -passage.score)
        return replace(found, passages=(*ordered, *found.passages), confidence=sure)

    def _fit(self, found: Found, question: Question) -> bool:
        texts = [*(p.text for p in found.passages), *self.entries.values()]
        taken = sum(len(text.encode()) for text in texts)
        return taken <= question.most_tokens * BYTES_A_TOKEN

    def _rate(self, question: Question) -> list[Passage]:
        """Return the entries as passages, each with how well it fits."""
        asked = _asked(question)
        texts = [words_to_find(title, None, text) for title, text in self._items()]
        stems = self.stem(None, {*asked, *(word for text in texts for word in text)})
        counted = [Counter(s for word in text for s in stems[word]) for text in texts]
        weights: dict[str, float] = {}
        for word, weight in asked.items():
            for one in stems[word]:
                weights[one] = max(weight, weights.get(one, 0.0))
        shares = [each.share for each in rate(counted, weights)]
        return [
            Passage(chunk_id=0, document_id=0, title=title, text=text, score=share)
            for (title, text), share in zip(self._items(), shares, strict=True)
        ]

    def _items(self) -> Sequence[tuple[str, str]]:
        return list(self.entries.items())


def _is_empty(found: Found) -> bool:
    """Tell whether there is no document at all."""
    return not found.passages and found.confidence is None


def _asked(question: Question) -> dict[str, float]:
    leaned = find_earlier_words(question.text, question.earlier)
    own = split_words(question.text)[:MOST_WORDS]
    return {**dict.fromkeys(leaned, EARLIER_WEIGHT), **dict.fromkeys(own, 1.0)}
