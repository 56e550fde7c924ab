"""Which documents of one database are not what another one serves."""

from db.database import Connection

# (The other one may be at a migration that knows no documents.)
KNOWS_DOCUMENTS = "SELECT to_regclass('public.documents') IS NOT NULL"
# A product that was removed changes no hash.
SERVED = """
SELECT id, created_at, sha256, title,
  (SELECT count(*) FROM document_chunks WHERE document_id = documents.id) AS chunks
FROM documents WHERE sha256 IS NOT NULL ORDER BY id
"""


def find_older(here: Connection, newer: Connection) -> list[str]:
    """Return id and title of what is served here and, so, not in the newer database.

    It was replaced or removed there.
    """
    if not newer.scalar(KNOWS_DOCUMENTS):
        return []
    kept = {_version(row) for row in newer.stream(SERVED, lot=500)}
    return [
        f"{row.id} {row.title}"
        for row in here.stream(SERVED, lot=500)
        if _version(row) not in kept
    ]


def _version(row: object) -> tuple[object, ...]:
    return tuple(
        getattr(row, name) for name in ("id", "created_at", "sha256", "chunks")
    )
