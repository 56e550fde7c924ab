"""What becomes of things that messages brought: fetched, read, or unreadable.

Each is a row by MessageSid and position, whoever looks at it and how often: what is
settled stays, and the bytes are stored with the row that names them, or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from db.database import Database
from db.media.contents import MediaContents
from db.outages import outages, repeat_once
from db.records import SeenMedia, to_storable

# A name, page and text each.
Pieces = Sequence[tuple[str, int | None, str]]

FETCHED = """
INSERT INTO media (user_id, message_sid, position, state, media_type, file_name, size,
                   sha256)
VALUES (%(user_id)s, %(message_sid)s, %(position)s, 'fetched', %(media_type)s,
        %(file_name)s, %(size)s, %(sha256)s)
ON CONFLICT (message_sid, position) DO UPDATE
  SET state = 'fetched', media_type = EXCLUDED.media_type,
      file_name = EXCLUDED.file_name, size = EXCLUDED.size, sha256 = EXCLUDED.sha256
  WHERE media.state = 'fetched' AND media.user_id = EXCLUDED.user_id
"""
# What was read is not read again, and what was had is not taken for what was not.
SETTLED = """
INSERT INTO media (user_id, message_sid, position, state, media_type, file_name, size,
                   seconds, pages, text, text_by, language, cost_micros, error, read_at)
VALUES (%(user_id)s, %(message_sid)s, %(position)s, %(state)s, %(media_type)s,
        %(file_name)s, %(size)s, %(seconds)s, %(pages)s, %(text)s, %(text_by)s,
        %(language)s, %(cost_micros)s, %(error)s, now())
ON CONFLICT (message_sid, position) DO UPDATE
  SET state = EXCLUDED.state, seconds = EXCLUDED.seconds, pages = EXCLUDED.pages,
      text = EXCLUDED.text, text_by = EXCLUDED.text_by, language = EXCLUDED.language,
      cost_micros = EXCLUDED.cost_micros, error = EXCLUDED.error, read_at = now()
  WHERE media.state = 'fetched' AND media.user_id = EXCLUDED.user_id
RETURNING id
"""
ADD_PIECE = """
INSERT INTO media_chunks (media_id, position, heading, page, text)
SELECT %(media_id)s, position, heading, page, text
FROM unnest(%(positions)s::int[], %(headings)s::text[], %(pages)s::int[],
            %(texts)s::text[]) AS piece (position, heading, page, text)
"""
OF_LATE = """
SELECT count(*) AS things, COALESCE(sum(size), 0)::bigint AS bytes FROM media
WHERE user_id = %(user_id)s AND sha256 IS NOT NULL AND created_at > now() - %(within)s
"""


@dataclass(frozen=True, slots=True)
class LookedOfLate:
    """How much of a user's was fetched of late."""

    things: int
    bytes: int


class MediaRows:
    """Stores how far each thing is. Raises StoreUnavailableError."""

    def __init__(self, database: Database, contents: MediaContents) -> None:
        self._database = database
        self._contents = contents

    def count(self, user_id: UUID, within: timedelta) -> LookedOfLate:
        """Count what was fetched of a user's."""
        asked = {"user_id": user_id, "within": within}
        [found] = repeat_once(lambda: self._database.read(LookedOfLate, OF_LATE, asked))
        return found

    def keep(self, user_id: UUID, seen: SeenMedia, content: bytes) -> SeenMedia:
        """Store that a thing was fetched, and its bytes; both or neither.

        Raises OSError, too, where the folder of MEDIA_STORE takes nothing.
        """
        row = {
            **_key(user_id, seen),
            "media_type": seen.media_type,
            "file_name": seen.file_name,
            "size": len(content),
        }
        with (
            self._contents.prepared(content, seen.media_type) as prepared,
            outages(),
            self._database.transaction() as connection,
        ):
            self._contents.keep(connection, prepared)
            connection.count(FETCHED, {**row, "sha256": prepared.sha256})
        sha256 = prepared.sha256.hex()
        return replace(seen, state="fetched", size=len(content), sha256=sha256)

    def settle(self, user_id: UUID, seen: SeenMedia, pieces: Pieces = ()) -> None:
        """Store what a thing says, or why it can't be read, with a document's pieces.

        What was settled before stays as it is.
        """
        row = {
            **_key(user_id, seen),
            "state": seen.state,
            "media_type": to_storable(seen.media_type),
            "file_name": seen.file_name,
            "size": seen.size,
            "seconds": seen.seconds,
            "pages": seen.pages,
            "text": None if seen.text is None else to_storable(seen.text),
            "text_by": seen.text_by,
            "language": seen.language,
            "cost_micros": seen.cost_micros,
            "error": None if seen.error is None else to_storable(seen.error),
        }
        with outages(), self._database.transaction() as connection:
            media_id = connection.scalar(SETTLED, row)
            if media_id is not None and pieces:
                connection.count(ADD_PIECE, _bind(media_id, pieces))

    def read(self, sha256: str) -> bytes | None:
        """Return the bytes of a content; None: they are gone."""
        return self._contents.read(sha256)


def _key(user_id: UUID, seen: SeenMedia) -> dict[str, object]:
    return {
        "user_id": user_id,
        "message_sid": seen.message_sid,
        "position": seen.position,
    }


def _bind(media_id: int, pieces: Pieces) -> dict[str, object]:
    return {
        "media_id": media_id,
        "positions": list(range(len(pieces))),
        "headings": [to_storable(heading) for heading, _, _ in pieces],
        "pages": [page for _, page, _ in pieces],
        "texts": [to_storable(text) for _, _, text in pieces],
    }
