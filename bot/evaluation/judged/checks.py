"""What can be checked without a model: each check with what it found."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.evaluation.cases.expecting import find_pattern
from bot.evaluation.cases.nouns import Case, ExpectedCall
from bot.evaluation.judged.words import (
    has_number,
    has_pattern,
    has_words,
    plain,
    says_the_same,
)
from bot.evaluation.situations import Outcome
from bot.languages.detecting import detect
from db.records import Reply

# https://www.twilio.com/docs/whatsapp/api (the longest body), counted as Twilio does.
LONGEST_BODY = 1600
SHOWN = 120
# What is told beside a case, and no check of the answer.
PLAYBACK = "playback"
WithParts = Callable[[Reply], Reply]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what kind, whether it is right, and why not.

    `reason` has words of whoever wrote the case alone, `found` those of the answer, of
    documents, or of a judge, which may be a person's. `score` is 0 to 1.
    """

    kind: str
    passed: bool
    reason: str = ""
    score: float = 1.0
    found: str = ""

    @classmethod
    def of(cls, kind: str, passed: bool, reason: str, found: str = "") -> "Check":
        """Return a check with its reason where it did not pass."""
        if passed:
            return cls(kind, passed)
        return cls(kind, passed, reason, 0.0, found)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept, in the database."""
        told = {"kind": self.kind, "passed": self.passed, "score": self.score}
        return {**told, "reason": ": ".join(filter(None, (self.reason, self.found)))}


def check(case: Case, outcome: Outcome, with_parts: WithParts) -> list[Check]:
    """Return every check of an outcome that needs no model.

    `with_parts` makes a reply's messages. An outcome without a reply has one check,
    which failed.
    """
    if outcome.reply is None:
        return [Check.of("answer", False, outcome.error or "there was no answer")]
    return [
        *_words(case, outcome.text),
        *_numbers(case, outcome.text),
        *_sources(case, outcome.reply),
        *_calls(case, outcome),
        *_ways(case, outcome.reply),
        *_lengths(case, with_parts(outcome.reply)),
        *_told(outcome),
    ]


def _words(case: Case, text: str) -> Iterator[Check]:
    for words in case.expects.must:
        yield _word("must", words, text, wanted=True)
    for words in case.expects.must_not:
        yield _word("must_not", words, text, wanted=False)
    said = case.said
    if case.expects.never_again and said is not None:
        again = says_the_same(text, said)
        yield Check.of("again", not again, "the same is said as before")


def _word(kind: str, words: str, text: str, *, wanted: bool) -> Check:
    pattern = find_pattern(words)
    try:
        found = has_pattern(text, pattern) if pattern else has_words(text, words)
    except TimeoutError:
        return Check.of(kind, False, f"{words} took too long: make it simpler")
    told = "is missing" if wanted else "is there"
    return Check.of(
        kind, found is wanted, f"{words if pattern else repr(words)} {told}"
    )


def _numbers(case: Case, text: str) -> Iterator[Check]:
    for written in case.expects.numbers:
        found = has_number(text, written)
        yield Check.of("numbers", found, f"{written} is missing")


def _sources(case: Case, reply: Reply) -> Iterator[Check]:
    cited = [one.passage.title for one in reply.stood_on if one.is_cited]
    told = f"{', '.join(cited) or 'nothing'} is"
    for title in case.expects.sources:
        found = any(plain(title) in plain(one) for one in cited)
        yield Check.of("source", found, f"{title!r} is not cited", told)


def _calls(case: Case, outcome: Outcome) -> Iterator[Check]:
    made = [(one.tool, one.arguments) for one in outcome.calls]
    told = "; ".join(f"{tool} {_shown(given)}" for tool, given in made)
    told = f"called was {told or 'none'}"
    for wanted in case.expects.calls:
        found = any(_is_call(wanted, tool, given) for tool, given in made)
        written = f"{wanted.tool} {_shown(wanted.arguments)}"
        yield Check.of("tool", found, f"{written} was not called", told)
    if case.expects.calls_none:
        yield Check.of("no_tool", not made, "a tool was called", told)


def _is_call(wanted: ExpectedCall, tool: str, given: Mapping[str, Any]) -> bool:
    return wanted.tool == tool and all(
        name in given and _is_same(value, given[name])
        for name, value in wanted.arguments.items()
    )


def _is_same(wanted: Any, given: Any) -> bool:
    if isinstance(wanted, str) and isinstance(given, str):
        return plain(wanted) == plain(given)
    return bool(wanted == given)


def _shown(arguments: Mapping[str, Any]) -> str:
    written = json.dumps(dict(arguments), ensure_ascii=False, default=str)
    return written if len(written) <= SHOWN else f"{written[: SHOWN - 1]}…"


def _ways(case: Case, reply: Reply) -> Iterator[Check]:
    expects = case.expects
    if expects.known is not None:
        known = reply.gap is None
        told = "it is known" if known else "nothing that is known tells it"
        yield Check.of("known", known is expects.known, told)
    if expects.hands_over is not None:
        passed_on = reply.hands_over is not None
        told = "a person is called" if passed_on else "no person is called"
        yield Check.of("hands_over", passed_on is expects.hands_over, told)
    if expects.language is not None:
        found = detect(reply.turn.content)
        told = f"it is in {found}" if found else "it does not show which one it is in"
        yield Check.of("language", found == expects.language, told)


def _told(outcome: Outcome) -> Iterator[Check]:
    """Yield where the past could not be played back: it is told, and counts nothing."""
    for one in outcome.divergences:
        told = f"{one.tool} {_shown(one.arguments)}: {one.why}"
        yield Check(PLAYBACK, True, found=told)
    yield from (Check(PLAYBACK, True, found=note) for note in outcome.notes)


def _lengths(case: Case, reply: Reply) -> Iterator[Check]:
    length, longest = len(reply.turn.content), case.expects.longest
    if longest is not None:
        yield Check.of("longest", length <= longest, f"it has {length} characters")
    messages = [part for part in reply.parts if part.body or part.media]
    most = case.expects.messages
    if most is not None:
        told = f"it would be {len(messages)} messages"
        yield Check.of("messages", len(messages) <= most, told)
    yield _fits_whatsapp([part.body for part in messages])


def _fits_whatsapp(bodies: list[str]) -> Check:
    if not bodies:
        return Check.of("whatsapp", False, "there is nothing that WhatsApp would show")
    longest = max(len(body.encode("utf-16-le")) // 2 for body in bodies)
    told = f"a message would have {longest} characters of {LONGEST_BODY}"
    return Check.of("whatsapp", longest <= LONGEST_BODY, told)
