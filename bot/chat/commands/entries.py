"""What the table of commands is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What a command may go by beside the chat and its own text.

    Without `handoff` there are no people to pass a chat on to. `know` tells all that is
    kept of a user, which a chat holds the newest of; None: no database keeps anything,
    and commands that need one are none. It asks the database: call it only once a reply
    needs it.
    """

    handoff: HandoffPolicy | None = None
    know: Callable[[UUID], Known] | None = None


# Makes the reply to a command: of a chat, the batch that is the command alone, what
# stands behind its word, and the policies. It has no effect itself: those are fields of
# the reply, stored with it or not at all. None: whoever answers the chat's messages
# does the work, as with a lesson.
Does = Callable[[Userchat, Batch, str, Policies], Reply | None]


def _always(_chat: Userchat, _policies: Policies) -> bool:
    return True


def _never(_text: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """One command.

    A message is the command if it is `/` and the `name` or one of the `words`; without
    the slash too, unless it `needs_slash`. `words` are by language, and known in every
    one of them. `means_it` knows whole messages that say the same in many more words.
    With `takes_text` what stands behind is its argument, and it needs its slash too.

    `help` is an English sentence for /help, behind how it is `shown`; none: /help keeps
    silent about it, as where it is not `offered`. `opts_out` True stops the bot, False
    starts it. What is `heard_when_stopped` is answered also to who wrote STOP, and
    `words_when_stopped` mean it to them alone. `is_unbraked`: no brake holds it up.
    `needs_database`: without one its words are for the LLM.
    """

    name: str
    does: Does
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    who: Who = Who.EVERYBODY
    needs_slash: bool = True
    takes_text: bool = False
    means_it: Callable[[str], bool] = _never
    help: str = ""
    shown: str = ""
    offered: Callable[[Userchat, Policies], bool] = _always
    opts_out: bool | None = None
    heard_when_stopped: bool = False
    words_when_stopped: tuple[str, ...] = ()
    is_unbraked: bool = False
    needs_database: bool = False

    @property
    def all_words(self) -> frozenset[str]:
        """Its name and its words in every language."""
        return frozenset({self.name, *(w for ws in self.words.values() for w in ws)})

    def is_for(self, chat: Userchat, policies: Policies) -> bool:
        """Tell whether it is a command in this chat at all."""
        if self.needs_database and policies.know is None:
            return False
        mine = {Who.TEACHERS: chat.is_teacher, Who.OPERATORS: chat.is_operator}
        return mine.get(self.who, True)
