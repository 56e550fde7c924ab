"""From a reply's text to the messages that it is sent as."""

import logging
import re
import unicodedata
from dataclasses import replace

from bot.chat.sentences import ENDS_HERE
from bot.languages.speaking import speak
from bot.whatsapp.text.formatting import to_whatsapp
from bot.whatsapp.text.splitting import split_message
from db.records import PartContent, Reply

log = logging.getLogger(__name__)

# Some 15,000 characters: who wants more asks for it, and each message is paid for.
MOST_PARTS = 10

TO_BE_READ = re.compile(r"(?m)\d|https?://|\S@\S|`|^\s*[-*+]\s")
# They count as letters or symbols, and show nothing.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def with_parts(reply: Reply) -> Reply:
    """Return the reply with the messages that it is sent as; ours alone are sent.

    They are MOST_PARTS at most, the last of which says so when the text went on, and
    the pictures after them. A text that shows nothing has no messages. Sources are
    shown as they stand: no Markdown is in them. What is spoken comes first; then the
    text too, if it has what is hardly remembered from hearing it once, or is longer
    than one message. Else the text is what is sent if the voice can't be.
    """
    if reply.turn.role != "assistant" or not _is_visible(reply.turn.content):
        return reply
    shown = (to_whatsapp(reply.turn.content), reply.sources)
    bodies = split_message("\n\n".join(filter(None, shown)))
    if reply.spoken and len(bodies) == 1 and not _is_to_be_read(reply):
        alone = replace(reply.spoken, instead=bodies[0])
        return replace(reply, parts=(alone, *reply.pictures))
    if len(bodies) > MOST_PARTS:
        log.warning("an answer of %d messages was cut", len(bodies))
        # Beside a part's 1500 units Twilio's 1600 leave room for the sentence.
        ends = speak(reply.language, ENDS_HERE)
        bodies = [*bodies[: MOST_PARTS - 1], f"{bodies[MOST_PARTS - 1]}\n\n{ends}"]
    texts = (PartContent(body) for body in bodies)
    spoken = (replace(reply.spoken, instead=""),) if reply.spoken else ()
    return replace(reply, parts=(*spoken, *texts, *reply.pictures))


def _is_to_be_read(reply: Reply) -> bool:
    """Tell whether a reply has figures, addresses, a list, code or sources."""
    return bool(reply.sources or TO_BE_READ.search(reply.turn.content))


def _is_visible(text: str) -> bool:
    return any(
        unicodedata.category(char)[0] not in "CZM" and char not in _BLANKS
        for char in text
    )
