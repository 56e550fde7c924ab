"""What the table of commands is made of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from bot.chat.commands.dress import as_word
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.replies import Batch
from db.records import Known, Reply, Userchat


class Command(StrEnum):
    """Commands that other rules speak of; of the others the table alone knows."""

    NEW = "new"
    HELP = "help"
    STOP = "stop"
    START = "start"
    HUMAN = "human"
    BOT = "bot"
    LEARN = "learn"


class Who(StrEnum):
    """Whose a command is: what others write in its words is for the LLM."""

    EVERYBODY = "everybody"
    TEACHERS = "teachers"
    OPERATORS = "operators"


# Makes the reply to a command: of a chat, the batch that is the command alone, what
# stands behind its word, and the policies. It has no effect itself: those are fields of
# the reply, stored with it or not at all. None: whoever answers the chat's messages
# does the work, as with a lesson.
Does = Callable[[Userchat, Batch, str, "Policies"], Reply | None]


# By language; a word is known in every language.
Words = Mapping[str, tuple[str, ...]]


def _always(_chat: Userchat, _policies: "Policies") -> bool:
    return True


def _never(_text: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """One command.

    A message is the command if it is `/` and the `name` or one of the `words`; without
    the slash too, unless it `needs_slash`. `words` are by language, and known in every
    one of them; `slash_words` have their slash in any case. `means_it` knows whole
    messages that say the same in many more words. With `takes_text` what stands behind
    is its argument, and it needs its slash too.

    `help` is an English sentence for /help, behind how it is `shown`; none: /help keeps
    silent about it, as where it is not `offered`. `opts_out` True stops the bot, False
    starts it; True wins over a question that the bot asked. What is
    `heard_when_stopped` is answered also to who wrote STOP, and `words_when_stopped`
    mean it to them alone. `is_unbraked`: no brake holds it up.
    An answer to a question may be `spoken`: an English word that stands for it, as it
    is said in any language. `needs_database`: without one its words are for the LLM.
    """

    name: str
    does: Does
    words: Words = field(default_factory=dict)
    slash_words: tuple[str, ...] = ()
    who: Who = Who.EVERYBODY
    needs_slash: bool = True
    takes_text: bool = False
    means_it: Callable[[str], bool] = _never
    help: str = ""
    shown: str = ""
    spoken: str = ""
    offered: Callable[[Userchat, "Policies"], bool] = _always
    opts_out: bool | None = None
    heard_when_stopped: bool = False
    words_when_stopped: Words = field(default_factory=dict)
    is_unbraked: bool = False
    needs_database: bool = False

    @property
    def bare_words(self) -> frozenset[str]:
        """What is the command without a slash."""
        if self.needs_slash or self.takes_text:
            return frozenset()
        return frozenset({self.name, *(w for ws in self.words.values() for w in ws)})

    @property
    def all_words(self) -> frozenset[str]:
        """What is the command behind a slash: name and words of every language."""
        told = (word for words in self.words.values() for word in words)
        return frozenset({self.name, *told, *self.slash_words})

    def is_for(self, chat: Userchat, policies: "Policies") -> bool:
        """Tell whether it is a command in this chat at all."""
        if self.needs_database and policies.know is None:
            return False
        if self.who is Who.TEACHERS:
            return chat.is_teacher
        return self.who is not Who.OPERATORS or chat.is_operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that the bot asked, and the words that answer it.

    The turn that asks names it (`Turn.asks`). The user's next message is looked at for
    these `answers` before it is looked at for commands, but for STOP, if it comes
    within `lasts`; their words need no slash. Any other message is no answer, and
    the question is over. One that is `heard_when_stopped` is asked of who wrote STOP,
    too.
    """

    name: str
    answers: tuple[CommandEntry, ...]
    lasts: timedelta = timedelta(minutes=10)
    heard_when_stopped: bool = False


class Vocabulary:
    """Which words are which command's.

    Words are compared as `as_word` writes them: see dress.py.
    """

    def __init__(self, entries: Iterable[CommandEntry]) -> None:
        self.entries = tuple(entries)
        self._bare: dict[str, CommandEntry] = {}
        self._slashed: dict[str, CommandEntry] = {}
        self._consents: dict[str, CommandEntry] = {}
        for entry in self.entries:
            self._bare.update(_keys(entry.bare_words, entry))
            self._slashed.update(_keys(entry.all_words, entry))
            consents = (w for ws in entry.words_when_stopped.values() for w in ws)
            self._consents.update(_keys(consents, entry))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.entries == other.entries

    def __hash__(self) -> int:
        return hash(tuple(entry.name for entry in self.entries))

    def find(self, said: str, *, opted_out: bool = False) -> CommandEntry | None:
        """Return the command that an undressed message is one of the words of."""
        word = said.removeprefix("/")
        if opted_out and (entry := self._consents.get(word)):
            return entry
        return (self._bare if word == said else self._slashed).get(word)


def _keys(words: Iterable[str], entry: CommandEntry) -> dict[str, CommandEntry]:
    return {as_word(word): entry for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What a command may go by beside the chat and its own text.

    Without `handoff` there are no people to pass a chat on to. `know` tells all that is
    kept of a user, which a chat holds the newest of; None: no database keeps anything,
    and commands that need one are none. It asks the database: call it only once a reply
    needs it. `vocabulary` has the operator's own words for commands; None: the table's.
    `reminds`: users may be reminded of something.
    """

    handoff: HandoffPolicy | None = None
    know: Callable[[UUID], Known] | None = None
    vocabulary: Vocabulary | None = None
    reminds: bool = False
