"""Which of the tools on offer a message means, by its words: none, where in doubt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.local.toy.arguments import QUOTED, read_arguments
from bot.local.toy.schemas import Offered
from bot.local.toy.words import (
    LONGEST_TEXT,
    MINE,
    READING,
    Word,
    bare,
    is_formed,
    listed,
    root,
    tokens_of,
    words_of,
)

LONGEST_DESCRIPTION = 400
# So few words, and no more, are a request without a verb: "opening hours on sunday".
FRAGMENT = 6
FEW = 4
ME, SURE = frozenset({"me", "us"}), 100
MAY = frozenset(listed("can could would will"))
# What stands in front of what somebody wants: "hi, please can you".
BEFORE = r"(?:hi|hello|hey|ok|okay|so|and|but|then|please|also|well|until|till|from)"
ASKS = re.compile(
    rf"(?:^|[.!?,\n]\s*)(?:{BEFORE}\b[\s,]*)*"
    r"(?:(?:can|could|would|will) you (?:please )?|i(?: would|'d) like to |let me )?"
    r"(?:what|when|where|which|who|how|do|does|did|is|are|was|were|have|has|tell|show"
    r"|list|see|check|look up|find|know)\b(?! a\b| an\b)",
    re.IGNORECASE,
)
MAY_I = re.compile(r"\b(?:can|could|may) (?:i|we|you)\b[^?]*\?", re.IGNORECASE)
HOW_TO = re.compile(r"\bhow (?:do|can|could|would|should|to)\b", re.IGNORECASE)
SUBJECTS = frozenset(listed("i we you he she it they is are am was were"))
WANTS = frozenset(listed("want need like wish make take"))
# In front of what is asked to be done.
BEFORE_DEEDS = frozenset(
    listed("to i we you please and just then can could let lets hi hello hey ok thanks")
)
OF_BEFORE = frozenset(listed("did was were had yesterday"))
DENIED = frozenset(listed("don't didn't doesn't not never won't can't"))
UNDOES = frozenset(map(root, listed("cancel move change")))


@dataclass(frozen=True, slots=True)
class Meant:
    """A tool that a message means, with what it tells of its arguments."""

    tool: Offered
    arguments: dict[str, Any]
    score: int = 0


@dataclass(slots=True)
class Message:
    """A message, and what its words say of how it is meant."""

    whole: str
    text: str = field(init=False)
    tokens: list[str] = field(init=False)
    words: list[Word] = field(init=False)

    def __post_init__(self) -> None:
        """Take it apart; what is quoted in it says nothing of what is meant."""
        self.text = QUOTED.sub(" ", self.whole[:LONGEST_TEXT])
        self.tokens = tokens_of(self.text)
        self.words = list(words_of(self.text))

    @property
    def asks(self) -> bool:
        """Whether it asks to be told something."""
        return bool(ASKS.search(self.text))

    @property
    def is_fragment(self) -> bool:
        """Whether it is a few words."""
        return len(self.tokens) <= FRAGMENT and not self.has(SUBJECTS)

    @property
    def is_no_order(self) -> bool:
        """Whether it denies what it names, or tells of what was."""
        return self.has(DENIED) or bool(OF_BEFORE & set(self.tokens[:FEW]))

    def has(self, words: frozenset[str]) -> bool:
        """Tell whether any of the words is in it."""
        return bool(words & set(self.tokens))


def choose(text: str, tools: Sequence[Offered], today: date) -> Meant | None:
    """Return the tool that a message means; None: none, or it is not clear which."""
    message = Message(text)
    fits = [meant for one in tools if (meant := _fit(one, message, today))]
    fits.sort(key=lambda meant: -meant.score)
    best = [meant for meant in fits if meant.score == fits[0].score]
    if len(best) > 1:
        alike = [meant for meant in best if _reads(meant.tool) == message.asks]
        return alike[0] if alike and (message.asks or len(alike) == 1) else None
    return best[0] if best else None


def _fit(tool: Offered, message: Message, today: date) -> Meant | None:
    arguments = read_arguments(message.whole, tool.arguments, today)
    is_complete = bool(tool.required) and not tool.lacks(arguments)
    fit = _Fit(tool, message, len(arguments), is_complete)
    if not (fit.is_asked if _reads(tool) else fit.is_ordered):
        return None
    return Meant(tool, arguments, fit.score)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a message fits a tool, of whose arguments it tells so many."""

    tool: Offered
    message: Message
    told: int
    is_complete: bool

    @property
    def name(self) -> set[str]:
        return _roots(_name(self.tool))

    @property
    def named(self) -> set[str]:
        """The words of its name that are said; as nouns, if it only tells."""
        is_noun = _reads(self.tool)
        said = (w for w in self.message.words if not (is_noun and w.is_verb))
        return {word.root for word in said} & self.name

    @property
    def described(self) -> set[str]:
        """The words of its description that are said, in the same part of speech."""
        about = list(words_of(self.tool.description[:LONGEST_DESCRIPTION]))
        told = {(word.root, word.is_formed) for word in about}
        said = {(w.root, w.is_formed or w.is_verb) for w in self.message.words}
        return {word for word, _ in told & said} - self.name

    @property
    def is_when(self) -> bool:
        """Whether it tells when, or where, and that is asked."""
        told = set(tokens_of(self.tool.description))
        return bool(self.named and {"when", "where"} & told & set(self.message.tokens))

    @property
    def is_mine(self) -> bool:
        """Whether it is about what its user has, and they say so."""
        about = tokens_of(f"{_name(self.tool)} {self.tool.description}")
        return bool({"my", "user"} & set(about)) and self.message.has(MINE)

    @property
    def score(self) -> int:
        if self._is_done_to_them():
            return SURE
        own = 2 * len(self.named) + len(self.described)
        signs = self.is_mine + self.is_when + self.is_complete
        return own + signs + self.told

    @property
    def is_asked(self) -> bool:
        """Whether it is asked to tell what it tells."""
        message = self.message
        is_asked = message.asks or message.is_fragment or MAY_I.search(message.text)
        if not is_asked or HOW_TO.search(message.text):
            return False
        signs = len(self.named) + len(self.described)
        signs += self.is_mine + self.is_when + bool(self.told)
        is_about = bool(self.named) or (self.is_mine and bool(self.described))
        is_about = is_about or len(self.described) > 2
        return is_about and signs > 1

    @property
    def is_ordered(self) -> bool:
        """Whether it is asked to do what it does."""
        message, name = self.message, self.name
        undone = {w.root for w in message.words} & UNDOES - name
        if not name or undone or message.is_no_order or self._is_told_of():
            return False
        is_half = 2 * len(self.named) >= len(name)
        verb = next(iter(words_of(_name(self.tool)))).root
        is_meant = self.named == name or bool(self.named - {verb} or self.described)
        if (self.is_complete and is_half and is_meant) or self._is_done_to_them():
            return True
        if message.asks:
            return False
        if self._is_verb_said():
            return self.named == name
        wants = message.has(WANTS) or message.is_fragment
        return wants and is_half and bool(self.told)

    def _is_verb_said(self) -> bool:
        """Tell whether its first word stands as what is to be done."""
        verb = next(iter(words_of(_name(self.tool)))).root
        wants = self.message.has(WANTS)
        before = ""
        for token in self.message.tokens:
            is_first = not before or before in BEFORE_DEEDS
            if root(token) == verb and (is_first or (wants and is_formed(token))):
                return True
            before = token
        return False

    def _is_done_to_them(self) -> bool:
        """Tell whether they want done to them what it does: "remind me"."""
        about = tokens_of(self.tool.description[:LONGEST_DESCRIPTION])
        verb, whom = " ".join(about[:1]), about[1:3]
        if whom != ["the", "user"]:
            return False
        tokens = ["please", *self.message.tokens]
        said = zip(tokens, tokens[1:], tokens[2:], strict=False)
        return any(
            (one in BEFORE_DEEDS and (one != "you" or tokens[1] in MAY))
            and (two == verb and three in ME)
            for one, two, three in said
        )

    def _is_told_of(self) -> bool:
        """Tell whether what it does is told as done: "I booked a table"."""
        verb = next(iter(words_of(_name(self.tool)))).root
        said = [token for token in self.message.tokens if root(token) == verb]
        return bool(said) and all(token.endswith("ed") for token in said)


def _name(tool: Offered) -> str:
    """Return a tool's name in words, without the server that has it."""
    own = tool.name.rpartition("__")[2]
    return re.sub(r"([a-z])([A-Z])", r"\1 \2", own).replace("_", " ").replace("-", " ")


def _roots(text: str) -> set[str]:
    return {word.root for word in words_of(text)}


def _reads(tool: Offered) -> bool:
    """Tell whether a tool only tells something, by its name or its description."""
    name, about = tokens_of(_name(tool)), tokens_of(tool.description)
    firsts = [words[0] for words in (name, about) if words]
    return any(word in READING or bare(word) in _READING for word in firsts)


_READING = frozenset(map(bare, READING))
