"""What a thing is: its bytes say it, or else the type that it was sent as."""

import re
import zipfile
from io import BytesIO

UNKNOWN = "application/octet-stream"
OLE = "application/x-ole-storage"
OFFICE = "application/vnd.openxmlformats-officedocument"
# By what stands at the beginning, or a few bytes into it.
BEGINNINGS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"MZ", "application/x-executable"),
)
IN_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
# The brand behind "ftyp" of an ISO media file; what is none of these is a video.
BRANDS = {
    b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"heic": "image/heic",
    b"heix": "image/heic", b"mif1": "image/heic", b"avif": "image/avif",
    b"3gp4": "video/3gpp", b"3gp5": "video/3gpp", b"3gp6": "video/3gpp",
    b"qt  ": "video/quicktime",
}  # fmt: skip
MEMBERS = {
    "word/document.xml": f"{OFFICE}.wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}.spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}.presentationml.presentation",
}
PDF_BEGINS_WITHIN = 1024
BEGIN_BYTES = 4096
VCARD = re.compile(rb"\s*BEGIN:VCARD\b", re.IGNORECASE)
TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
LONGEST_TYPE = 100
KINDS = ("audio", "video", "image", "location", "contact", "document", "unknown")


def find_media_type(content: bytes, declared: str | None) -> str:
    """Return the media type of bytes, such as `audio/ogg`, without parameters.

    `declared` counts where the bytes could be it: text of some sort, or what nobody
    knows. A voice note that was sent as a picture is a voice note.
    """
    sent_as = plain_type(declared)
    return type_by_bytes(content, sent_as) or _as_declared(content, sent_as)


def kind_of(media_type: str) -> str:
    """Return audio, video, image, location, contact, document or unknown."""
    known = media_type.partition(";")[0].strip().lower()
    if known in {"text/vcard", "text/x-vcard", "text/directory", "contact"}:
        return "contact"
    kind = known.partition("/")[0]
    if kind in {"application", "text"}:
        return "document"
    return kind if kind in KINDS else "unknown"


def plain_type(told: str | None) -> str:
    """Return a type as it was told, without parameters; `contact` stays a word."""
    known = (told or "").partition(";")[0].strip().lower()[:LONGEST_TYPE]
    return known if TYPE.fullmatch(known) or known in KINDS else UNKNOWN


def type_by_bytes(content: bytes, declared: str = UNKNOWN) -> str | None:
    """Return what bytes say themselves that they are; None: nothing that is known.

    `declared` tells a recording from a film where both lie in the same container.
    """
    begin = content[:BEGIN_BYTES]
    if begin[:4] == b"RIFF":
        return IN_RIFF.get(begin[8:12])
    if begin[4:8] == b"ftyp":
        return _or_sound(BRANDS.get(begin[8:12], "video/mp4"), declared)
    marked = _by_mark(begin)
    if marked is not None:
        return _or_sound(marked, declared)
    if begin[:4] == b"PK\x03\x04":
        return _of_archive(content)
    return _of_frames(begin)


def _by_mark(begin: bytes) -> str | None:
    for start, mark, found in BEGINNINGS:
        if begin.startswith(mark, start):
            is_film = found == "audio/ogg" and b"\x80theora" in begin
            return "video/ogg" if is_film else found
    if b"%PDF-" in begin[:PDF_BEGINS_WITHIN]:
        return "application/pdf"
    if VCARD.match(begin.removeprefix(b"\xef\xbb\xbf")):
        return "text/vcard"
    return None


def _or_sound(found: str, declared: str) -> str:
    """Return a film's container as a recording's, where it was sent as one."""
    is_sound = found in {"video/mp4", "video/webm"} and declared.startswith("audio/")
    return found.replace("video/", "audio/") if is_sound else found


def _of_frames(begin: bytes) -> str | None:
    """Tell MP3 and AAC, which begin with a frame: 11 or 12 bits set, and no layer 4."""
    if len(begin) < 4 or begin[0] != 0xFF:
        return None
    if begin[1] & 0xF6 == 0xF0:
        return "audio/aac"
    is_mp3 = begin[1] & 0xE6 == 0xE2 and begin[2] & 0xF0 not in {0x00, 0xF0}
    return "audio/mpeg" if is_mp3 or begin[1] in {0xFA, 0xFB} else None


def _of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return "application/zip"
    return next((MEMBERS[name] for name in MEMBERS if name in names), "application/zip")


def _as_declared(content: bytes, declared: str) -> str:
    """Return the declared type of what begins with no mark that is known."""
    begin = content[:BEGIN_BYTES]
    is_text = b"\0" not in begin or begin[:2] in {b"\xff\xfe", b"\xfe\xff"}
    kind = declared.partition("/")[0]
    if is_text:
        is_words = kind == "text" and kind_of(declared) == "document"
        return declared if is_words or declared in WORDY else "text/plain"
    # Of these the bytes would have said so.
    is_marked = kind == "image" or declared in {"application/pdf", *MEMBERS.values()}
    return UNKNOWN if is_marked or kind in {"text", *KINDS[-1:]} else declared


WORDY = frozenset({"application/json", "application/xml", "application/xhtml+xml"})
