"""How the LLM offers choices: a marker in its answer, and what users read of it.

`[choices: Rye | Wheat]` is taken out of what it says, and told in lines that are
numbered, for phones and transcripts alike. What it says is checked before: a number
that nobody gave is none in a choice either.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import regex

from bot.chat.choices.lines import numbered
from bot.chat.choices.policy import FEWEST
from bot.chat.choices.sentences import PLEASE_CHOOSE
from bot.chat.choices.typed import with_chosen
from bot.chat.commands.entries import Command, Policies, Vocabulary
from bot.chat.commands.finding import NO_POLICIES, find_command
from bot.chat.markers.skeleton import marker, take
from bot.chat.replies import Answers, Batch
from bot.chat.sentences import UNKNOWN
from bot.languages.speaking import speak
from db.records import Reply, Turn, Userchat, to_storable

_MARKER = marker(r"(?:choice|option)s?[ ]*+[:\uff1a]", 2000, lines=True)
_BETWEEN = regex.compile(r"[|\uff5c\n]+")
# What no title shows: controls, and signs that turn what stands behind them around.
_UNSHOWN = regex.compile(r"[\p{C}\u2028\u2029]+")
_AROUND = ' \t*_`~"\u201c\u201d-\u2013\u2022'


@dataclass(frozen=True, slots=True)
class Offering:
    """Whoever answers, with choices; what a number chose before is told in words.

    `vocabulary` has the operator's words for commands; None: the table's.
    """

    answering: Answers
    vocabulary: Vocabulary | None = None

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply to a batch. Raises LLMError."""
        told, chosen = with_chosen(chat, batch)
        reply = self.answering.answer(told, chosen, seconds)
        return with_choices(reply, chat, Policies(vocabulary=self.vocabulary))


def with_choices(
    reply: Reply, chat: Userchat, policies: Policies = NO_POLICIES
) -> Reply:
    """Return an answer of the LLM's whose markers are choices.

    Whoever waits for a person has nothing to choose from the bot.
    """
    said, told = take(_MARKER, reply.turn.content)
    if not told or reply.turn.role != "assistant":
        return reply
    titles = tuple(_titles(told, policies))
    if reply.hands_over or len(titles) < FEWEST:
        words = said or ", ".join(titles) or speak(chat.language, UNKNOWN)
        return replace(reply, turn=replace(reply.turn, content=to_storable(words)))
    words = said or speak(chat.language, PLEASE_CHOOSE)
    return replace(reply, turn=offering(reply.turn, words, titles))


def offering(turn: Turn, words: str, titles: tuple[str, ...]) -> Turn:
    """Return a turn that says something and offers choices under it."""
    content = to_storable(f"{words}\n\n{numbered(titles)}")
    return replace(turn, content=content, choices=titles)


def _titles(told: Iterable[str], policies: Policies) -> Iterator[str]:
    """Yield what may be chosen, each once: nothing that would stop the bot."""
    known: set[str] = set()
    for listed in told:
        between = _BETWEEN.split(listed) if _BETWEEN.search(listed) else [listed]
        for each in between if len(between) > 1 else listed.split(","):
            title = " ".join(_UNSHOWN.sub(" ", each).split()).strip(_AROUND)
            is_stop = find_command(title, policies=policies) == Command.STOP
            if title and title.casefold() not in known and not is_stop:
                known.add(title.casefold())
                yield to_storable(title)
