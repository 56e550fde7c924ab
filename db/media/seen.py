"""What messages brought beside their text, as far as it was looked at."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from db.database import Database, Statements
from db.outages import repeat_once
from db.records import SeenMedia

FIND_SEEN = """
SELECT id, message_sid, position, state, media_type, file_name, size, seconds, pages,
       encode(sha256, 'hex') AS sha256, text, text_by, language, cost_micros, error
FROM media WHERE user_id = %(user_id)s AND message_sid = ANY (%(sids)s)
"""


def find_seen(
    database: Database, user_id: UUID, sids: Collection[str]
) -> Mapping[tuple[str, int], SeenMedia]:
    """Return what is known of a user's media, by MessageSid and position.

    Raises StoreUnavailableError.
    """
    return repeat_once(lambda: read_seen(database, user_id, sids)) if sids else {}


def read_seen(
    statements: Statements, user_id: UUID, sids: Collection[str]
) -> Mapping[tuple[str, int], SeenMedia]:
    """Return the same, in a transaction that is open."""
    rows = statements.rows(FIND_SEEN, {"user_id": user_id, "sids": list(sids)})
    return {(row.message_sid, row.position): _read(row) for row in rows}


def _read(row: Any) -> SeenMedia:
    return SeenMedia(
        media_id=row.id,
        message_sid=row.message_sid,
        position=row.position,
        state=row.state,
        media_type=row.media_type,
        file_name=row.file_name,
        size=row.size,
        seconds=None if row.seconds is None else float(row.seconds),
        pages=row.pages,
        sha256=row.sha256,
        text=row.text,
        text_by=row.text_by,
        language=row.language,
        cost_micros=row.cost_micros,
        error=row.error,
    )
