"""/feedback: what a user thinks, in their own words."""

from dataclasses import replace

from bot.chat.commands.entries import CommandEntry, Policies
from bot.chat.feedback import sentences
from bot.chat.feedback.thumbs import THUMBS, Rating, find_judged, judging
from bot.chat.replies import Batch, say
from bot.languages.speaking import speak
from db.records import Reply, Userchat

FEEDBACK = "feedback"
LONGEST = 2000
WORDS = {
    "es": ("opinión",),
    "pt": ("opinião", "avaliação"),
    "de": ("rückmeldung",),
    "fr": ("avis",),
    "id": ("masukan",),
    "hi": ("प्रतिक्रिया",),
    "ar": ("رأي", "ملاحظات"),
}


def take_feedback(
    chat: Userchat, batch: Batch, text: str, _policies: Policies
) -> Reply:
    """Keep what is behind the word, with the last answer or the one that is quoted."""
    words, rating = _read(text)
    if not words and rating is None:
        return _told(chat, batch, sentences.EMPTY)
    turn = batch[0]
    judged = find_judged(chat, turn)
    deed = judging(turn, judged, rating=rating, text=words[:LONGEST] or None)
    return replace(_told(chat, batch, sentences.THANKS), deeds=(deed,))


def _read(text: str) -> tuple[str, Rating | None]:
    """Return the words, and what a thumb in front of them says."""
    given = text.strip()
    for rating, thumbs in THUMBS.items():
        if found := thumbs.match(given):
            return given[found.end() :].strip(), rating
    return given, None


def _told(chat: Userchat, batch: Batch, sentence: str) -> Reply:
    return Reply(turn=say(speak(chat.language, sentence), batch, FEEDBACK))


ENTRIES = (
    CommandEntry(
        name=FEEDBACK,
        words=WORDS,
        takes_text=True,
        help=sentences.FEEDBACK,
        does=take_feedback,
        needs_database=True,
    ),
)
