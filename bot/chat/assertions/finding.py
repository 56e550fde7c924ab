"""Answers that say that something was done: which sentence, and of which act.

Precision comes first: what is asked, denied, depends on something, is cited, quoted, or
told of the business itself is no assertion.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

import regex

from bot.chat.assertions import patterns
from bot.chat.assertions.nouns import DID_ALL, DONE, NOUNS
from bot.chat.assertions.words import ACTS, CONFIRMED
from bot.chat.handoff.plain import WORD
from bot.chat.handoff.promises import ASKED, CITED, LONGEST, QUOTED, SENTENCE
from bot.knowledge.words import UNSEEN, fold

# Whatever was asked for: which of the acts, it does not say.
ANY = "any"
NEVER = r"(?!)"
_SAID_BY_OTHERS = regex.compile(
    r"\"[^\"\n]{0,300}\"|\u201c[^\u201d\n]{0,300}\u201d|\u00ab[^\u00bb\n]{0,300}\u00bb"
    r"|\u201e[^\u201c\u201d\n]{0,300}[\u201c\u201d]|`[^`\n]{0,300}`"
)
# By language, the names of its forms in words.py.
LANGUAGES = {
    "en": ("en", "inf"), "de": ("de",), "es": ("es", "es1"), "fr": ("fr",),
    "pt": ("pt", "pt1"), "id": ("id", "id1"), "hi": ("hi",), "ar": ("ar", "ar1"),
}  # fmt: skip
# What ends a clause. (The Italian "ma" is French, too.)
CLAUSE = regex.compile(
    r"[,;:\u2013\u2014\u060c]|\b(?:but|however|pero|mas|por[eé]m|aber|doch|mais|tapi"
    r"|namun|tetapi|लेकिन|पर|لكن|ولكن)\b",
    regex.IGNORECASE,
)
_ALEF = str.maketrans("\u0623\u0625\u0622", "\u0627" * 3)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A sentence of an answer, and what it says was done.

    `acts` are those of words.py, or ANY. `is_own`: it says who did it, which is us.
    """

    sentence: str
    acts: frozenset[str]
    is_own: bool = False


def find_assertions(answer: str, acts: Collection[str]) -> list[Assertion]:
    """Return the assertions of such acts in an answer, in its order."""
    if not acts:
        return []
    found = list(_of_sentences(answer, acts))
    if not found and re.fullmatch(patterns.GENERIC, fold(answer.strip())):
        return [Assertion(answer.strip(), frozenset({ANY}))]
    return found


def names_act(text: str, acts: Collection[str]) -> bool:
    """Tell whether a text, whoever wrote it, has any form of such an act in it."""
    said = _said(text)
    return any(_forms_of(act).search(said) for act in acts if act in ACTS)


def _of_sentences(answer: str, acts: Collection[str]) -> Iterator[Assertion]:
    for found in SENTENCE.finditer(answer):
        whole = str(found[0]).strip()
        sentence = whole[:LONGEST]
        if not sentence or _tells_facts(sentence):
            continue
        own, stated = _acts_in(_SAID_BY_OTHERS.sub(" ", sentence), acts)
        if CITED.search(sentence):
            stated = set()  # a document says it; what we did is in none
        if own or stated:
            yield Assertion(whole, frozenset(own | stated), is_own=bool(own))


def _tells_facts(sentence: str) -> bool:
    is_asked = any(sign in sentence for sign in ASKED)
    return bool(is_asked or QUOTED.match(sentence))


def _acts_in(sentence: str, acts: Collection[str]) -> tuple[set[str], set[str]]:
    """Return the acts that we say we did, and those that are said to be done."""
    whole, folded = _said(sentence), fold(sentence).translate(_ALEF)
    clauses = [_said(clause) for clause in CLAUSE.split(sentence)]
    did_all = any(_is_said(_did_all(), said) for said in clauses)
    own: set[str] = {ANY} if did_all else set()
    stated: set[str] = set()
    for act, language in _spoken_of(whole, acts):
        patterns_ = _patterns(act, language)
        if any(_is_said(patterns_.own, said) for said in clauses):
            own.add(act)
        elif patterns_.alone.match(folded) or any(
            _is_said(pattern, said)
            for said in clauses
            for pattern in (patterns_.stated, patterns_.noun)
        ):
            stated.add(act)
    return own, stated


def _spoken_of(said: str, acts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the acts of which a sentence has a form, and in which languages."""
    for act in acts:
        if act in ACTS and _forms_of(act, with_nouns=True).search(said):
            for language in LANGUAGES:
                if _forms_in(act, language, with_nouns=True).search(said):
                    yield act, language


def _is_said(pattern: re.Pattern[str], said: str) -> bool:
    """Tell whether a clause says it, and neither denies it nor makes it depend."""
    found = pattern.search(said)
    if found is None or _denied().search(said):
        return False
    return not _open().search(said[: found.end()])


def _said(text: str) -> str:
    return " ".join(map(str, WORD.findall(fold(text).translate(_ALEF))))


@dataclass(frozen=True, slots=True)
class _Patterns:
    """How a language claims an act."""

    own: re.Pattern[str]
    stated: re.Pattern[str]
    noun: re.Pattern[str]
    alone: re.Pattern[str]


# Compiled when the first answer has such a form.
@cache
def _patterns(act: str, language: str) -> _Patterns:
    alone = patterns.ALONE.replace("WORD", patterns.WORD_ALONE[language])
    return _Patterns(
        own=re.compile(_filled(patterns.OWN[language], act)),
        stated=re.compile(_filled(patterns.STATED[language], act)),
        noun=re.compile(_noun_done(act, language)),
        alone=re.compile(_filled(alone, act)),
    )


def _noun_done(act: str, language: str) -> str:
    told = NOUNS.get(act, {}).get(language)
    return _folded(DONE[language].replace("{noun}", f"(?:{told})")) if told else NEVER


@cache
def _forms_of(act: str, *, with_nouns: bool = False) -> re.Pattern[str]:
    """Any form of an act, in any language: what has none of them claims nothing."""
    forms = (_forms_in(act, each, with_nouns=with_nouns) for each in LANGUAGES)
    return re.compile("|".join(each.pattern for each in forms))


@cache
def _forms_in(act: str, language: str, *, with_nouns: bool) -> re.Pattern[str]:
    forms = [_filled(f"{{{name}}}", act) for name in LANGUAGES[language]]
    noun = NOUNS.get(act, {}).get(language) if with_nouns else None
    return re.compile("|".join([*forms, *([_folded(noun)] if noun else [])]))


def _filled(pattern: str, act: str) -> str:
    forms = {name: f"(?:{_confirmed(act, name)})" for name in ACTS[act]}
    return _folded(re.sub(r"\{([a-z]+1?)\}", lambda found: forms[found[1]], pattern))


def _confirmed(act: str, name: str) -> str:
    """Return forms of an act; what was made is said to be confirmed, too."""
    if act not in CONFIRMED or name == "inf":
        return ACTS[act][name]
    return f"{ACTS[act][name]}|{ACTS['confirm'][name]}"


def _folded(pattern: str) -> str:
    """Return a pattern as folded text is written; its signs keep their case."""
    told = unicodedata.normalize("NFKC", pattern)
    return str(UNSEEN.sub("", told)).translate(_ALEF)


@cache
def _did_all() -> re.Pattern[str]:
    return re.compile(_folded(DID_ALL.strip().replace("\n", "")))


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(_folded(patterns.DENIED.strip().replace("\n", "")))


@cache
def _open() -> re.Pattern[str]:
    return re.compile(_folded(patterns.OPEN.strip().replace("\n", "")))
