"""Pictures: shown to a model that sees, or read for the words that stand in them."""

from dataclasses import dataclass

from bot.media.protocol import NotSensedError, Sensed
from bot.media.senses.children import Children
from bot.media.senses.headers import (
    MOST_PIXELS,
    Picture,
    find_picture,
    is_heif,
)

CHILD = "bot.media.senses.looking"
READER = "rapidocr"
# What servers take of one picture, mostly; WhatsApp's own have less.
MOST_BYTES_SHOWN = 5 * 1024 * 1024
LONGEST_TEXT = 8000
# WhatsApp's stickers are; photos are not.
STICKER = "image/webp"


@dataclass(slots=True)
class Sight:
    """Whether the LLM is shown pictures: as set, until its server refuses them all."""

    sees: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """Tells whether a picture can be shown; else reads it, with the extra `ocr`."""

    sight: Sight
    children: Children | None

    def sense(
        self,
        content: bytes,
        media_type: str,
        _file_name: str | None,
        seconds: float,
        /,
    ) -> Sensed:
        """Return what stands in a picture, within `seconds`; no text if it is shown.

        Raises NotSensedError and NotYetSensedError.
        """
        picture = find_picture(content)
        if picture is None:
            raise NotSensedError(_tell_stranger(content, media_type))
        if picture.is_too_large:
            raise NotSensedError(
                f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels"
            )
        if self.sight.sees and can_be_shown(content, picture):
            return Sensed()
        if self.children is None:
            raise NotSensedError(
                "nothing reads pictures here that the model is not shown: install the"
                " extra `ocr`",
                is_beyond_us=True,
            )
        if picture.media_type == STICKER:
            return Sensed()  # there is nothing to read
        return Sensed(text=self.read(content, seconds), text_by=READER)

    def read(self, content: bytes, seconds: float) -> str | None:
        """Return the words in a picture; None if there are none, or nothing reads them.

        Raises NotSensedError and NotYetSensedError.
        """
        if self.children is None:
            return None
        asked: dict[str, object] = {"pixels": MOST_PIXELS}
        told = self.children.ask(CHILD, asked, content, seconds)
        return str(told.get("text") or "").strip()[:LONGEST_TEXT] or None


def can_be_shown(content: bytes, picture: Picture) -> bool:
    """Tell whether servers take a picture: a still one, and not too large."""
    return not picture.moves and len(content) <= MOST_BYTES_SHOWN


def _tell_stranger(content: bytes, media_type: str) -> str:
    if is_heif(content):
        return "HEIC and AVIF are not read: it has to be sent as JPEG or PNG"
    return f"the bytes are no JPEG, PNG, WebP or GIF, though sent as {media_type}"
