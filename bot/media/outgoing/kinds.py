"""What WhatsApp takes: kinds of files, by their bytes, and how large they may be.

https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from bot.media.kinds import MEMBERS, OLE, type_by_bytes
from bot.media.outgoing.refs import safe_name
from db.errors import OperatorError

MEGABYTE = 1024 * 1024
MOST_BYTES = 16 * MEGABYTE
MOST_PICTURE_BYTES = 5 * MEGABYTE
# A WebP is a sticker for WhatsApp.
MOST_STICKER_BYTES = 100 * 1024
TAKEN = "JPEG, PNG, MP3, OGG (Opus), AAC, AMR, MP4, PDF, DOC, DOCX, XLSX, PPTX or VCF"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its type, ending, and the largest that WhatsApp takes."""

    media_type: str
    ending: str
    most_bytes: int = MOST_BYTES

    def named(self, name: str) -> str:
        """Return a safe name that ends as its kind does."""
        safe = safe_name(name)
        if safe.lower().endswith((self.ending, *OTHER_ENDINGS.get(self.ending, ()))):
            return safe
        return safe_name(f"{PurePosixPath(safe).stem}{self.ending}")


OTHER_ENDINGS = {".jpg": (".jpeg",), ".mp4": (".m4v",)}
JPEG = Kind("image/jpeg", ".jpg", MOST_PICTURE_BYTES)
PNG = Kind("image/png", ".png", MOST_PICTURE_BYTES)
WEBP = Kind("image/webp", ".webp", MOST_STICKER_BYTES)
OPUS = Kind("audio/ogg", ".ogg")
MP3 = Kind("audio/mpeg", ".mp3")
AAC = Kind("audio/aac", ".aac")
AMR = Kind("audio/amr", ".amr")
MP4 = Kind("video/mp4", ".mp4")
MOBILE = Kind("video/3gpp", ".3gp")
PDF = Kind("application/pdf", ".pdf")
DOC = Kind("application/msword", ".doc")
VCARD = Kind("text/vcard", ".vcf")
OFFICE = tuple(
    Kind(media_type, ending)
    for media_type, ending in zip(
        MEMBERS.values(), (".docx", ".xlsx", ".pptx"), strict=True
    )
)
KINDS = {
    kind.media_type: kind
    for kind in (
        *(JPEG, PNG, WEBP, OPUS, MP3, AAC, AMR, MP4, MOBILE, PDF, DOC, VCARD),
        *OFFICE,
    )
}
# Of AMR the narrow band alone.
NARROW = b"#!AMR\n"
PROGRAMS = ("word/vbaProject.bin", "xl/vbaProject.bin", "ppt/vbaProject.bin")
MOST_BOXES = 1000
# Pictures that move in another way than H.264: phones show nothing.
NOT_H264 = (b"hvc1", b"hev1", b"av01", b"vp09")


class NotSendableError(OperatorError):
    """A file that WhatsApp would not take; the text says why, and what to do."""


def check_file(content: bytes, name: str = "") -> Kind:
    """Return the kind of a file that WhatsApp takes. Raises NotSendableError."""
    if not content:
        raise NotSendableError("The file is empty: choose another one.")
    kind = find_kind(content, name)
    if kind is None:
        raise NotSendableError(f"WhatsApp takes no such file: send it as {TAKEN}.")
    if len(content) > kind.most_bytes:
        raise NotSendableError(too_large(kind))
    return kind


def check_kept(media_type: str, size: int) -> Kind:
    """Return the kind of bytes that are kept. Raises NotSendableError."""
    kind = KINDS.get(media_type)
    if kind is None:
        raise NotSendableError(f"WhatsApp takes no such file: send it as {TAKEN}.")
    if size > kind.most_bytes:
        raise NotSendableError(too_large(kind))
    return kind


def too_large(kind: Kind) -> str:
    """Return what to say of a file that is larger than its kind may be."""
    most = kind.most_bytes
    size = f"{most // MEGABYTE} MB" if most >= MEGABYTE else f"{most // 1024} KB"
    return f"WhatsApp takes {kind.ending[1:].upper()} up to {size}: send a smaller one."


def find_kind(content: bytes, name: str = "") -> Kind | None:
    """Return what the bytes are, if WhatsApp takes that; the name decides nothing else.

    An old Office file tells only by its name that it is a DOC.
    """
    media_type = type_by_bytes(content)
    if media_type == OLE:
        return DOC if name.lower().endswith(DOC.ending) else None
    kind = KINDS.get(media_type or "")
    return kind if kind and _is_taken(kind, content) else None


def _is_taken(kind: Kind, content: bytes) -> bool:
    """Tell whether WhatsApp takes what a file of a kind is made of."""
    if kind is OPUS:
        return is_opus(content)
    if kind is AMR:
        return content.startswith(NARROW)
    if kind in {MP4, MOBILE}:
        films = _boxes(content, b"moov")
        return not any(codec in told for told in films for codec in NOT_H264)
    return kind not in OFFICE or not _has_programs(content)


def is_opus(content: bytes) -> bool:
    """Tell whether the bytes are Opus in OGG, which alone is shown as a voice note.

    https://www.rfc-editor.org/rfc/rfc7845#section-5.1
    """
    segments = content[26] if len(content) > 27 else 0
    return content.startswith(b"OggS") and content[27 + segments :].startswith(
        b"OpusHead"
    )


def _boxes(content: bytes, wanted: bytes) -> Iterator[bytes]:
    """Yield the outermost boxes of a name; those of a film's pictures are others."""
    place = 0
    for _ in range(MOST_BOXES):
        size, name = (
            int.from_bytes(content[place : place + 4]),
            content[place + 4 :][:4],
        )
        head = 8
        if size == 1:
            size, head = int.from_bytes(content[place + 8 : place + 16]), 16
        if size == 0:
            size = len(content) - place
        if size < head:
            return
        if name == wanted:
            yield content[place + head : place + size]
        place += size
        if place >= len(content):
            return


def _has_programs(content: bytes) -> bool:
    """Tell whether an Office file has programs in it: nobody's to pass on."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return not set(PROGRAMS).isdisjoint(archive.namelist())
