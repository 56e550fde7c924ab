"""From a teacher's message to the lesson that it brings, or to what it lacks."""

from bot.chat import sentences
from bot.chat.commands.dress import read_title
from bot.chat.prompt import media_kind
from bot.knowledge.taking_in.lessons import Lesson
from db.records import Media, Turn

LONGEST_TITLE = 200
# Telephones don't know the type of every file, and what it is shows when it is read.
FILES = ("document", "unknown")


def find_obstacle(turn: Turn) -> str | None:
    """Return what to say where a message with /learn brings no document."""
    if not turn.media:
        return sentences.LEARN_NEEDS_FILE
    if len(turn.media) > 1:
        return sentences.LEARN_ONE_FILE
    return None if _is_file(turn.media[0]) else sentences.LEARN_NO_DOCUMENT


def find_lesson(turn: Turn) -> Lesson | None:
    """Return what a message brings to be learned; None: nothing."""
    title = read_title(turn.content)
    if title is None or find_obstacle(turn) is not None:
        return None
    return Lesson(
        message_sid=turn.message_sid or "",
        url=str(turn.media[0].get("url", "")),
        title=title[:LONGEST_TITLE] or None,
    )


def _is_file(media: Media) -> bool:
    return media_kind(media) in FILES and bool(media.get("url"))
