"""From a reply's text to the messages that it is sent as."""

from dataclasses import replace

from bot.whatsapp.text.formatting import to_whatsapp
from bot.whatsapp.text.splitting import split_message
from db.records import PartContent, Reply


def with_parts(reply: Reply) -> Reply:
    """Return the reply with the messages that it is sent as; ours alone are sent."""
    if reply.turn.role != "assistant":
        return reply
    bodies = split_message(to_whatsapp(reply.turn.content))
    return replace(reply, parts=tuple(PartContent(body) for body in bodies))
