"""Which template tells a user that something waits for them, in which language."""

import re
from datetime import timedelta

from bot.environment import Reader
from bot.languages.names import ENGLISH, LANGUAGES
from bot.languages.speaking import speak
from bot.whatsapp.templates.sentences import SOMETHING_WAITS
from db.records import Fallback, Holding

SETTING, SETTING_DAYS = "TWILIO_FALLBACK_CONTENT_SID", "TWILIO_FALLBACK_DAYS"
ONE = re.compile(r"(?:([a-z]{2})=)?(HX[0-9a-fA-F]{32})")
HINT = (
    "HX and 32 hex digits; or several by , each with its language: en=HX..., de=HX..."
)


def read_holding(read: Reader) -> Holding | None:
    """Return how what comes too late for free text waits; None: it does not."""
    none: dict[str, str] = {}
    sids = read.parsed(SETTING, _parse, none, HINT)
    days = read.integer(SETTING_DAYS, 7, 1, 365)
    if not sids:
        return None
    fallbacks = {name: Fallback(sid, text_in(name)) for name, sid in sids.items()}
    return Holding(fallbacks=fallbacks, lasts=timedelta(days=days))


def text_in(language: str) -> str:
    """Return what the template must say in a language."""
    return speak(language, SOMETHING_WAITS)


def _parse(given: str) -> dict[str, str]:
    found = [ONE.fullmatch(one.strip()) for one in given.split(",") if one.strip()]
    named = {(one[1] or ENGLISH): one[2] for one in found if one}
    if len(named) < len(found) or not set(named) <= set(LANGUAGES):
        raise ValueError
    return named
