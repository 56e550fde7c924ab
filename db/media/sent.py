"""What is known of kept bytes that are sent to people, and pieces of them."""

from collections.abc import Collection
from dataclasses import dataclass

from db.database import Statements

# Bytes that lie in a file of MEDIA_STORE are not here.
FIND = """
SELECT media_type, size, content IS NOT NULL AS is_here
FROM media_contents WHERE sha256 = %(sha256)s
"""
FIND_KINDS = """
SELECT encode(sha256, 'hex') AS sha256, media_type FROM media_contents
WHERE sha256 = ANY (%(sha256s)s)
"""
READ_PIECE = """
SELECT substring(content FROM %(start)s FOR %(length)s)
FROM media_contents WHERE sha256 = %(sha256)s
"""


@dataclass(frozen=True, slots=True)
class KeptContent:
    """What is known of kept bytes; `is_here`: the database itself has them."""

    media_type: str
    size: int
    is_here: bool


def find_content(statements: Statements, sha256_hex: str) -> KeptContent | None:
    """Return what is known of bytes; None: they are not kept, or not any more."""
    asked = {"sha256": bytes.fromhex(sha256_hex)}
    found = statements.read(KeptContent, FIND, asked)
    return found[0] if found else None


def find_kinds(statements: Statements, sha256s: Collection[str]) -> dict[str, str]:
    """Return the media types of those bytes that are kept, by their sha256."""
    asked = {"sha256s": [bytes.fromhex(one) for one in sha256s]}
    rows = statements.rows(FIND_KINDS, asked) if sha256s else []
    return {row.sha256: row.media_type for row in rows}


def read_piece(
    statements: Statements, sha256_hex: str, start: int, length: int
) -> bytes:
    """Return bytes from `start` on; fewer at the end, none where they are gone."""
    asked = {"sha256": bytes.fromhex(sha256_hex), "start": start + 1, "length": length}
    found: bytes | None = statements.scalar(READ_PIECE, asked)
    return bytes(found or b"")
