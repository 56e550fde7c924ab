"""From a reply's text to the messages that it is sent as."""

from dataclasses import replace

from bot.whatsapp.text.formatting import to_whatsapp
from bot.whatsapp.text.splitting import split_message
from db.records import Reply


def with_parts(reply: Reply) -> Reply:
    """Return the reply with the messages that it is sent as; ours alone are sent."""
    if reply.turn.role != "assistant":
        return reply
    parts = split_message(to_whatsapp(reply.turn.content))
    return replace(reply, parts=tuple(parts))
