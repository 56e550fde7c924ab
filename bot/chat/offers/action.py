"""Which file of the business an answer brings: a marker that the LLM writes.

`[file menu.pdf]` is taken out of what it says in any case, once there are files. What
it names is sent only if it is offered.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.chat.markers.skeleton import marker, take
from bot.chat.offers import sentences
from bot.languages.speaking import speak
from bot.media.outgoing.offers import Offer
from bot.media.outgoing.refs import FileRef
from db.records import PartContent, Reply, Userchat

log = logging.getLogger(__name__)

MOST_FILES = 2
# A link on such words is a link, and stays.
_MARKER = marker(
    r"files?\b[ :#]*+",
    200,
    before="!?",
    behind=r"(?!\(https?:)(?:\([^()\n]{0,500}\))?",
)
AROUND_NAME = " \t\"'`*_:\u201c\u201d\u201e\u00ab\u00bb"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An answer without its markers, and the names of the files that it brings."""

    text: str
    names: tuple[str, ...] = ()


def choose_files(answer: str, offered: Sequence[Offer], chat: Userchat) -> Chosen:
    """Take the markers out of an answer, if the LLM was ever told of any file."""
    if not (offered or any(turn.files for turn in (*chat.earlier_turns, *chat.turns))):
        return Chosen(answer)
    text, asked = take(_MARKER, answer)
    names = dict.fromkeys(_known(asked, offered))
    return Chosen(text, tuple(names)[:MOST_FILES])


def words_or_here(text: str, chosen: Chosen, chat: Userchat) -> str:
    """Return an answer's words; of one that was a file alone, a word with it."""
    here = speak(chat.language, sentences.HERE) if chosen.names else ""
    return text if text.strip() else here


def with_files(reply: Reply, chosen: Chosen, chat: Userchat) -> Reply:
    """Return the LLM's reply with the files that it chose, which tell what was asked.

    A file that can't be sent in the end is followed by a sentence instead.
    """
    if not chosen.names:
        return reply
    files = tuple(_part(name, chat.language) for name in chosen.names)
    return replace(
        reply,
        turn=replace(reply.turn, files=chosen.names),
        pictures=(*reply.pictures, *files),
        gap=None,
    )


def _part(name: str, language: str | None) -> PartContent:
    not_sent = speak(language, sentences.NOT_SENT, name=name)
    return PartContent("", media=(str(FileRef(name)),), instead=not_sent)


def _known(asked: Sequence[str], offered: Sequence[Offer]) -> Iterator[str]:
    names = {one.name.casefold(): one.name for one in offered}
    for one in asked:
        wanted = one.strip(AROUND_NAME).casefold()
        if name := names.get(wanted) or _by_stem(wanted, names):
            yield name
        else:
            log.warning("an answer names a file that is not offered: it is left out")


def _by_stem(wanted: str, names: dict[str, str]) -> str | None:
    """Return the one name that is wanted but for its ending."""
    found = [known for known in names if known.rpartition(".")[0] == wanted]
    return names[found[0]] if wanted and len(found) == 1 else None
