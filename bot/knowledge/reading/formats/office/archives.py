"""Zip archives, looked at before anything is unpacked: some are made to explode."""

import zipfile
from io import BytesIO

from bot.knowledge.reading.limits import MEGABYTE, Limits
from bot.knowledge.reading.nouns import UnreadableError

# A member as small as this may be as empty as it likes.
HARMLESS = MEGABYTE
ENCRYPTED = 0x1  # https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.4.4


def check_archive(content: bytes, limits: Limits) -> None:
    """Raise UnreadableError for an archive that would take too much, or is locked.

    What its directory says is enough: zipfile unpacks no more than that of a member.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = archive.infolist()
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise UnreadableError(
            "the file is protected by a password: save it without one, and "
            "add that file",
            "locked",
        )
    whole = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > max(HARMLESS, limits.ratio * member.compress_size)
        for member in members
    )
    if swollen or whole > limits.unpacked or len(members) > limits.members:
        raise UnreadableError(
            "the file swells when it is unpacked "
            f"({len(members):,} parts, {whole // MEGABYTE:,} MB): save it anew in the "
            "program that it was written with, without what it does not need",
            "too much",
        )
