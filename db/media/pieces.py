"""The pieces of a person's own documents, for questions of that person alone."""

from collections.abc import Sequence
from uuid import UUID

from db.database import Database
from db.records import DocumentPiece

MOST_PIECES = 2_000

FIND_PIECES = """
SELECT asked.number::int - 1 AS document, piece.text, piece.heading, piece.page
FROM unnest(%(sids)s::text[], %(positions)s::int[])
  WITH ORDINALITY AS asked (sid, position, number)
JOIN media ON media.message_sid = asked.sid AND media.position = asked.position
JOIN media_chunks AS piece ON piece.media_id = media.id
WHERE media.user_id = %(user_id)s AND media.state = 'read'
ORDER BY asked.number, piece.position LIMIT %(most)s
"""


def load_pieces(
    database: Database, user_id: UUID, documents: Sequence[tuple[str, int]]
) -> list[DocumentPiece]:
    """Return the pieces of a user's documents, in the order of these; 2,000 at most.

    `documents` are named by MessageSid and position. What is somebody else's is not
    found.
    """
    asked = {
        "user_id": user_id,
        "sids": [sid for sid, _ in documents],
        "positions": [position for _, position in documents],
        "most": MOST_PIECES,
    }
    return database.read(DocumentPiece, FIND_PIECES, asked)
