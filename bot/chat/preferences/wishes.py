"""What the LLM is told of how a user wants to be answered."""

from bot.chat.preferences import sentences
from db.records import Userchat


def tell_wishes(chat: Userchat) -> str:
    """Return it as a line of the system prompt; nothing, where nothing is set."""
    return sentences.LENGTHS.get(chat.preferences.get("length", ""), "")


def wants_alerts(chat: Userchat) -> bool:
    """Tell whether the user is told what they did not ask for, such as a delay."""
    return chat.preferences.get("alerts") != "off"
