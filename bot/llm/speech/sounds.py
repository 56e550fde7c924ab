"""What a recording is: what its bytes say, whatever it was sent as."""

import struct
from dataclasses import dataclass

OPUS_RATE = 48_000  # of an Opus stream's positions, whatever it was made from
# https://www.rfc-editor.org/rfc/rfc3533#section-6
OGG_HEADER = struct.Struct("<4sBBqIIIB")
LAST_PAGE_WITHIN = 65_536  # no page is longer, but for its header
MPEG_LAYERS = {0xFB, 0xFA, 0xF3, 0xF2, 0xE3, 0xE2}
ADTS = {0xF1, 0xF9, 0xF0, 0xF8}


@dataclass(frozen=True, slots=True)
class Sound:
    """A kind of recording: its file name, its type, and what FFmpeg calls it."""

    file_name: str
    media_type: str
    container: str


OGG = Sound("voice.ogg", "audio/ogg", "ogg")
MP3 = Sound("voice.mp3", "audio/mpeg", "mp3")
M4A = Sound("voice.m4a", "audio/mp4", "mp4")
AMR = Sound("voice.amr", "audio/amr", "amr")
WAV = Sound("voice.wav", "audio/wav", "wav")
WEBM = Sound("voice.webm", "audio/webm", "matroska")
FLAC = Sound("voice.flac", "audio/flac", "flac")
AAC = Sound("voice.aac", "audio/aac", "aac")
BEGINNINGS = {
    b"OggS": OGG,
    b"ID3": MP3,
    b"#!AMR": AMR,
    b"\x1a\x45\xdf\xa3": WEBM,
    b"fLaC": FLAC,
}


def find_sound(content: bytes) -> Sound | None:
    """Return what a recording is; None for what is none."""
    if content[4:8] == b"ftyp":
        return M4A  # 3GP is of that family
    if content[:4] == b"RIFF":
        return WAV if content[8:12] == b"WAVE" else None
    if content[:1] == b"\xff" and len(content) > 1:
        if content[1] in MPEG_LAYERS:
            return MP3
        return AAC if content[1] in ADTS else None
    found = (sound for mark, sound in BEGINNINGS.items() if content.startswith(mark))
    return next(found, None)


def find_seconds(content: bytes) -> float | None:
    """Return how long a recording says it is, where that is soon seen: Opus in OGG.

    That is what WhatsApp's voice notes are.
    """
    head = content.find(b"OpusHead", 0, LAST_PAGE_WITHIN)
    last = content.rfind(b"OggS", -LAST_PAGE_WITHIN - OGG_HEADER.size)
    if not content.startswith(b"OggS") or head < 0 or last < 0:
        return None
    try:
        position = OGG_HEADER.unpack_from(content, last)[3]
        (skipped,) = struct.unpack_from("<H", content, head + 10)
    except struct.error:
        return None
    return max(float(position - skipped), 0.0) / OPUS_RATE
