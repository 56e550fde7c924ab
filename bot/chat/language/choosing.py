"""Which language a user is answered in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from bot.chat.language.sentences import ANSWER_IN
from bot.languages.calling_codes import language_of_number
from bot.languages.names import LANGUAGES, find_language
from db.records import Turn, Userchat

# What is looked at: their last messages, until there are letters enough to tell by.
MOST_MESSAGES = 4
ENOUGH_LETTERS = 60
# Who goes on in another language is believed by one sentence of it.
ENOUGH_WORDS = 5
MOST_LETTERS = 400


def _forget(_user_id: UUID, _language: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """How a talk's language is chosen.

    `detect` tells the language of a text, None where it is none of ours, or not sure.
    `remember` keeps the one that a user was seen to write.
    """

    detect: Callable[[str], str | None] = lambda _text: None
    remember: Callable[[UUID, str], None] = _forget

    def choose(self, chat: Userchat) -> str | None:
        """Return what a chat is answered in; None: the operator's default.

        What they chose, else what they write or say, else what they last did, else what
        is spoken where their number is from.
        """
        known = chosen_language(chat) or self.see(chat) or find_language(chat.language)
        return known or language_of_number(chat.address)

    def see(self, chat: Userchat) -> str | None:
        """Return the language that the user writes, or says; None: it does not show."""
        return self.detect(text) if (text := _last_words(chat)) else None

    def note(self, chat: Userchat) -> None:
        """Keep the language that the user was seen to write, if it is another now."""
        if chosen_language(chat):
            return
        seen = self.see(chat)
        if seen and seen != chat.language_seen:
            self.remember(chat.user_id, seen)


def chosen_language(chat: Userchat) -> str | None:
    """Return the language that the user set; None: they set none."""
    return find_language(chat.preferences.get("language"))


def tell_language(chat: Userchat) -> str:
    """Return what the LLM is told of a language that the user set; else nothing."""
    chosen = chosen_language(chat)
    name = LANGUAGES[chosen][0] if chosen else ""
    return ANSWER_IN.format(language=name) if name else ""


def _last_words(chat: Userchat) -> str:
    """Return the user's last words, newest first, commands left out."""
    turns = reversed((*chat.earlier_turns, *chat.turns))
    theirs = ([*_words(chat, turn)] for turn in turns if turn.role == "user")
    said: list[str] = []
    for texts in islice(filter(None, theirs), MOST_MESSAGES):
        said += texts
        words = sum(len(text.split()) for text in said)
        if words >= ENOUGH_WORDS or sum(map(len, said)) >= ENOUGH_LETTERS:
            break
    return "\n".join(said)[:MOST_LETTERS]


def _words(chat: Userchat, turn: Turn) -> Iterator[str]:
    text = turn.content.strip()
    if text and not text.startswith("/"):
        yield text
    for at in range(len(turn.media)):
        seen = chat.seen.get((turn.message_sid or "", at))
        if seen and seen.text and seen.media_type.startswith("audio/"):
            yield seen.text.strip()
