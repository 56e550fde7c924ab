"""What a page shows of a message's media: as what, under which address, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.chat.beside import find_place
from bot.console.chat.words import one_line
from bot.media.outgoing.refs import FileRef, StoredRef, read_ref, with_names
from db.records import Media, SeenMedia, Turn
from db.support.said import Beside, ShownPart

As = Literal["image", "audio", "video", "file", "words"]
LONGEST_QUOTE = 200
MEDIA = {
    "image": "a picture",
    "audio": "a voice message or sound",
    "video": "a video",
    "text/vcard": "a contact",
    "location": "a place",
}
# What browsers show without running anything of it; all else is a file to save.
SHOWN = frozenset({
    "image/jpeg", "image/png", "image/webp", "image/gif",
    "audio/ogg", "audio/mpeg", "audio/aac", "audio/mp4", "audio/wav",
    "video/mp4", "video/webm", "video/3gpp",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMedia:
    """One thing beside a message's text.

    `words` say what it is, `said` what was heard or read in it. Without `source` its
    bytes are not here: it is words alone. `source` is the kind, id and position that
    lead to its bytes.
    """

    words: str
    shown_as: As = "words"
    source: tuple[str, str, int] | None = None
    said: str = ""


def shown_as(media_type: str) -> As:
    """Return how a page shows a type."""
    if media_type not in SHOWN:
        return "file"
    kind = media_type.partition("/")[0]
    return "image" if kind == "image" else "audio" if kind == "audio" else "video"


def show_media(
    turn: Turn, parts: Sequence[ShownPart], beside: Beside
) -> Iterator[ShownMedia]:
    """Yield what is shown of what came with a message, or was sent with it."""
    for position, one in enumerate(turn.media):
        seen = beside.seen.get((turn.message_sid or "", position))
        yield _show_seen(seen, one) if seen else _show_untold(one)
    for part in parts:
        yield from _show_sent(part, beside.kinds)


def _show_seen(seen: SeenMedia, told: Media) -> ShownMedia:
    name = one_line(seen.file_name or "", LONGEST_QUOTE)
    words = f"{_known(seen.media_type)}{f', {name}' if name else ''}"
    if seen.sha256 is None:
        why = one_line(seen.error or "", LONGEST_QUOTE)
        return ShownMedia(words=f"{_words(told)}{f': {why}' if why else ', not kept'}")
    return ShownMedia(
        words=words,
        shown_as=shown_as(seen.media_type),
        source=("came", seen.message_sid, seen.position),
        said=seen.text or "",
    )


def _show_untold(one: Media) -> ShownMedia:
    """Show what nobody fetched: the address where it lies is Twilio's, and not told."""
    kind = str(one.get("type", "unknown"))
    is_place = kind == "location"
    return ShownMedia(words=_words(one) if is_place else f"{_words(one)}, not fetched")


def _words(one: Media) -> str:
    kind = one_line(str(one.get("type", "unknown")))
    if kind != "location":
        return f"{_known(kind)} ({kind})"
    place = one_line(find_place(one), LONGEST_QUOTE)
    return f"{_known(kind)}: {place}" if place else _known(kind)


def _known(media_type: str) -> str:
    kind = media_type.partition("/")[0]
    return MEDIA.get(media_type) or MEDIA.get(kind, "a file")


def _show_sent(part: ShownPart, kinds: Mapping[str, str]) -> Iterator[ShownMedia]:
    """Yield what was sent with a part: ours is shown, others' addresses are not."""
    texts = [one for one in part.media if isinstance(one, str)]
    for one, name in with_names(texts[:2]):  # WhatsApp takes one a message
        ref, shown = read_ref(one), one_line(name, LONGEST_QUOTE)
        if isinstance(ref, FileRef):
            yield ShownMedia(words=f"a file of MEDIA_OUT: {ref.name}")
        elif not isinstance(ref, StoredRef):
            yield ShownMedia(words="a picture")
        elif kind := kinds.get(ref.sha256):
            source = ("sent", str(part.reference_id), part.position)
            words, how = shown or _known(kind), shown_as(kind)
            yield ShownMedia(words=words, shown_as=how, source=source)
        else:
            yield ShownMedia(words=f"{shown or 'a file'}, no longer kept")
