"""Versions of documents for tests, as they wait."""

from datetime import UTC, datetime

from db.records import Upload


def uploaded(content: bytes, **known: str) -> Upload:
    """Return a version that waits; `known`: further fields of it."""
    told: dict[str, str | None] = dict.fromkeys(
        ("file_path", "url", "title", "language", "content_type")
    )
    told |= {"file_type": "unknown", **known}
    return Upload(
        document_id=1,
        sha256="0",
        uploaded_at=datetime.now(UTC),
        content=content,
        **told,  # type: ignore[arg-type]
    )
