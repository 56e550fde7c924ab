"""What the embedded PostgreSQL raises."""

from db.errors import OperatorError


class EmbeddedPostgresError(OperatorError):
    """The embedded PostgreSQL can't run here; the text says why and what to do."""
