"""From a reply's text to the messages that it is sent as."""

import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.chat.choices.lines import without_lines
from bot.chat.sentences import ENDS_HERE
from bot.languages.speaking import speak
from bot.whatsapp.choices.parts import find_content, split_question, tapped
from bot.whatsapp.text.formatting import to_whatsapp
from bot.whatsapp.text.splitting import split_message
from db.records import PartContent, Reply

log = logging.getLogger(__name__)

# Some 15,000 characters: who wants more asks for it, and each message is paid for.
MOST_PARTS = 10

NO_CONTENTS: Mapping[int, str] = MappingProxyType({})
TO_BE_READ = re.compile(r"(?m)\d|https?://|\S@\S|`|^\s*[-*+]\s")
# They count as letters or symbols, and show nothing.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def with_parts(
    reply: Reply, contents: Mapping[int, str] = NO_CONTENTS, *, fewest: bool = False
) -> Reply:
    """Return the reply with the messages that it is sent as; ours alone are sent.

    They are MOST_PARTS at most, the last of which says so when the text went on, and
    the pictures after them. A text that shows nothing has no messages. Sources are
    shown as they stand: no Markdown is in them. What is spoken comes first; then the
    text too, if it has what is hardly remembered from hearing it once, or is longer
    than one message. Else the text is what is sent if the voice can't be. `fewest`:
    each message is paid for.
    """
    if reply.turn.role != "assistant" or not _is_visible(reply.turn.content):
        return reply
    bodies = _bodies(reply, reply.turn.content, fewest=fewest)
    if reply.spoken and len(bodies) == 1 and not _is_to_be_read(reply):
        alone = replace(reply.spoken, instead=bodies[0])
        return replace(reply, parts=(alone, *reply.pictures))
    if content := find_content(reply, contents):
        return _with_tapped(reply, content, fewest=fewest)
    texts = map(PartContent, bodies)
    spoken = (replace(reply.spoken, instead=""),) if reply.spoken else ()
    return replace(reply, parts=(*spoken, *texts, *reply.pictures))


def _with_tapped(reply: Reply, content: str, *, fewest: bool) -> Reply:
    """Return the reply with buttons, behind all else that it says."""
    above, line = split_question(without_lines(reply.turn), reply)
    bodies = _bodies(reply, above, fewest=fewest) if above else ()
    texts = map(PartContent, bodies)
    last = tapped(reply, content, line)
    return replace(reply, parts=(*texts, *reply.pictures, last))


def _bodies(reply: Reply, said: str, *, fewest: bool) -> list[str]:
    """Return what a reply says, with its sources, in messages that are short enough."""
    shown = "\n\n".join(filter(None, (to_whatsapp(said), reply.sources)))
    bodies = split_message(shown, fewest=fewest)
    if len(bodies) <= MOST_PARTS:
        return bodies
    log.warning("an answer of %d messages was cut", len(bodies))
    # Beside a part's 1500 units Twilio's 1600 leave room for the sentence.
    ends = speak(reply.language, ENDS_HERE)
    return [*bodies[: MOST_PARTS - 1], f"{bodies[MOST_PARTS - 1]}\n\n{ends}"]


def _is_to_be_read(reply: Reply) -> bool:
    """Tell whether a reply has figures, addresses, a list, code or sources."""
    return bool(reply.sources or TO_BE_READ.search(reply.turn.content))


def _is_visible(text: str) -> bool:
    return any(
        unicodedata.category(char)[0] not in "CZM" and char not in _BLANKS
        for char in text
    )
