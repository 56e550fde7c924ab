"""From the LLM's words to what may be said: cited, counted, or left unsaid."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.sources.material import Material
from bot.chat.sources.naming import picture_of
from bot.chat.sources.policy import SourcePolicy
from bot.chat.sources.quoting import choose_found, choose_passages, quote
from bot.knowledge.small_talk import is_question, is_small_talk
from db.records import Gap, PartContent, Passage, StoodOn, to_storable

if TYPE_CHECKING:
    from bot.chat.sources.markers import Marked

log = logging.getLogger(__name__)

LONGEST_QUESTION = 1000


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said, and what it stands on.

    Without `text` it is not known. `named` are told under it; `pictures` are sent after
    it.
    """

    text: str | None
    named: tuple[Passage, ...] = ()
    pictures: tuple[PartContent, ...] = ()
    stood_on: tuple[StoodOn, ...] = ()
    gap: Gap | None = None


def check_answer(  # noqa: PLR0913, PLR0917  (what an answer may stand on)
    answer: str,
    material: Material,
    question: str,
    talk: Iterable[str],
    policy: SourcePolicy,
    seen: Callable[[], Iterable[str]] = tuple,
) -> Checked:
    """Return what may be said of an answer to a question.

    `talk` is all else that the LLM was given, `seen` the words in pictures that it was
    shown: they are read only for a number that nothing else tells. Where no knowledge
    was asked, an answer stays as it is.
    """
    if not (material.passages or material.is_missing):
        return Checked(answer)
    marked = _marked(answer, material, question)
    check = _Check(material, question, tuple(talk), policy, marked, seen)
    text, cited = check.decide()
    named = tuple(material.passages[number - 1] for number in cited)
    return Checked(
        text,
        named,
        check.pictures(),
        tuple(StoodOn(p, n in cited) for n, p in enumerate(material.passages, 1)),
        check.gap(),
    )


def _marked(answer: str, material: Material, question: str) -> "Marked":
    # 2 MB of patterns, here and below: who has no documents never needs them.
    from bot.chat.sources.markers import read_markers  # noqa: PLC0415

    own = _own_words(answer, material)
    return read_markers(own, len(material.passages), question)


def _own_words(answer: str, material: Material) -> str:
    if not material.is_echoed_by(answer):
        return answer
    log.info("an answer repeats how passages are shown: one is quoted")
    return ""


@dataclass(frozen=True, slots=True)
class _Check:
    """One answer, beside what it was to stand on."""

    material: Material
    question: str
    talk: tuple[str, ...]
    policy: SourcePolicy
    marked: "Marked"
    seen: Callable[[], Iterable[str]]

    def decide(self) -> tuple[str | None, tuple[int, ...]]:
        """Return what is said, and the numbers of the passages that it names.

        Nothing where it is not known, nor said so.
        """
        text, cited = self.marked.text, self.marked.cited
        is_invented = self._is_invented(text)
        is_missing = self.material.is_missing or self._is_unknown()
        if is_missing or self._is_guess():
            is_sane = text and not is_invented and not self._is_guess()
            return (text, cited) if is_sane else (None, ())
        if is_invented:
            log.warning(
                "an answer named a number that was not given: a passage is quoted"
            )
        elif self._needs_quote():
            log.info("an answer cited nothing: a passage is quoted")
        elif text or self.marked.pictures:
            return text or self._name_of_picture(), cited
        return self._quoted()

    def gap(self) -> Gap | None:
        """Return what was asked and is not told, if something was."""
        if not (self._is_unknown() or self._is_guess() or self._is_asked_in_vain()):
            return None
        terms = self.material.found.terms
        asked = to_storable(self.question.strip())[:LONGEST_QUESTION]
        return Gap(asked, terms) if asked and terms else None

    def pictures(self) -> tuple[PartContent, ...]:
        """Return the picture that the LLM asked for: one at most."""
        given = self.material.passages
        asked = (picture_of(given[number - 1]) for number in self.marked.pictures)
        return tuple(picture for picture in asked if picture)[:1]

    def _is_invented(self, text: str) -> bool:
        from bot.chat.sources.given import Given  # noqa: PLC0415

        material = [t for passage in self._believed() for t in _texts(passage)]
        talk = (*self.talk, self.question)
        if Given.of(material, talk, self.question).find_invented(text) is None:
            return False
        words = tuple(self.seen())
        given = Given.of(material, (*talk, *words), self.question)
        return not words or given.find_invented(text) is not None

    def _believed(self) -> Iterable[Passage]:
        """Return the passages whose numbers count.

        What cites the business alone has none from a file of the user's.
        """
        given = self.material.passages
        cited = [given[number - 1].is_own for number in self.marked.cited]
        is_of_business = bool(cited) and not any(cited)
        return [p for p in given if not (p.is_own and is_of_business)]

    def _is_unknown(self) -> bool:
        # A model that never cites does not judge either: it writes what it was told of.
        return self.marked.is_unknown and not self.policy.quotes_uncited

    def _is_guess(self) -> bool:
        """Tell whether a model that never cites answers what is hardly known.

        If it cites all the same, by chance, that does not make it known.
        """
        found, policy = self.material.found, self.policy
        confidence = 1.0 if found.is_whole else found.confidence
        is_sure = confidence is None or confidence >= policy.quoted_confidence
        is_known = is_sure and not self.material.is_missing
        if is_known or not policy.quotes_uncited:
            return False
        return not is_small_talk(self.question)

    def _is_asked_in_vain(self) -> bool:
        is_asked = is_question(self.question) and not is_small_talk(self.question)
        return self.material.is_missing and is_asked

    def _needs_quote(self) -> bool:
        # What a model that never cites cites by chance is another than the best one.
        is_uncited = set(self._best()).isdisjoint(self.marked.cited)
        is_due = self.policy.quotes_uncited and is_uncited
        return is_due and not is_small_talk(self.question)

    def _best(self) -> tuple[int, ...]:
        """Return the numbers of the passages that tell most, if any seem to."""
        given = self.material.passages
        is_whole = self.material.found.is_whole
        best = (
            choose_passages(given, self.question) if is_whole else choose_found(given)
        )
        return tuple(at + 1 for at in best)

    def _quoted(self) -> tuple[str | None, tuple[int, ...]]:
        """Return the words of passages: of one that the LLM names, or the best."""
        believed = () if self.policy.quotes_uncited else self.marked.cited
        numbers = believed[:1] or self._best()
        if not numbers:
            return None, ()
        told = (self.material.passages[number - 1] for number in numbers)
        return "\n\n".join(quote(passage, self.question) for passage in told), numbers

    def _name_of_picture(self) -> str:
        return "\n".join(picture.body for picture in self.pictures())


def _texts(passage: Passage) -> Iterable[str]:
    yield from (passage.title, passage.heading or "", passage.text)
    product = passage.product
    if product and product.price is not None:
        yield f"{product.price:f} {product.currency or ''}"
