"""In words, for the LLM: what a message brought, as far as it was looked at.

What was heard or read is one line between brackets that are ours alone: it holds none
itself, so it cannot end early and go on as if it were something else.
"""

from collections.abc import Iterator

from bot.chat.media import sentences
from bot.chat.media.brackets import in_line
from bot.chat.media.seeing import NOTHING_SEEN, Seen, things_of
from bot.chat.pictures.words import describe_picture
from bot.chat.sentences import PLACEHOLDERS
from bot.media.kinds import kind_of
from db.records import Media, SeenMedia, Turn

LONGEST_NAME = 120


def describe_media(turn: Turn, seen: Seen = NOTHING_SEEN) -> Iterator[str]:
    """Yield what each thing is and says that a message brought, but for places."""
    for media, one in things_of(turn, seen):
        yield _describe(media, one)


def _describe(media: Media, one: SeenMedia | None) -> str:
    kind = kind_of(one.media_type if one else str(media.get("type", "")))
    if one and (shown := describe_picture(one)):
        return shown
    if one is None or one.state != "read":
        return PLACEHOLDERS[kind]
    text = in_line(one.text or "")
    if kind == "document":
        name = in_line(one.file_name or "")[:LONGEST_NAME]
        named = sentences.NAMED.format(name) if name else ""
        named += _tell_pages(one.pages)
        whole = sentences.DOCUMENT.format(named, text)
        return whole if text else sentences.DOCUMENT_UNREAD.format(named)
    with_words, without = WORDS.get(kind, ("", ""))
    if text and with_words:
        return with_words.format(text)
    return without or PLACEHOLDERS[kind]


def _tell_pages(pages: int | None) -> str:
    if not pages:
        return ""
    return sentences.ONE_PAGE if pages == 1 else sentences.PAGES.format(pages)


# What is told of a kind with words that were read, and without any.
WORDS = {
    "audio": (sentences.HEARD, sentences.HEARD_NOTHING),
    "contact": (sentences.CONTACT, ""),
    "image": (sentences.PICTURE, sentences.PICTURE_WITHOUT_WORDS),
    "video": (sentences.FILM, ""),
}
