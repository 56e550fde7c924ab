"""From a reply's text to the messages that it is sent as."""

import logging
from dataclasses import replace

from bot.chat.sentences import CUT
from bot.whatsapp.text.formatting import to_whatsapp
from bot.whatsapp.text.splitting import split_message
from db.records import PartContent, Reply

log = logging.getLogger(__name__)

# Nobody reads more of one answer on a phone; a limit is missing where it comes to that.
MOST_PARTS = 10


def with_parts(reply: Reply) -> Reply:
    """Return the reply with the messages that it is sent as; ours alone are sent."""
    if reply.turn.role != "assistant":
        return reply
    bodies = split_message(to_whatsapp(reply.turn.content))
    if len(bodies) > MOST_PARTS:
        log.warning("an answer of %d messages was cut", len(bodies))
        bodies = [*bodies[: MOST_PARTS - 1], f"{bodies[MOST_PARTS - 1]}\n{CUT}"]
    return replace(reply, parts=tuple(PartContent(body) for body in bodies))
