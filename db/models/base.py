"""What all tables share."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Uuid,
    func,
)

# As PostgreSQL names them itself. The names of checks, unique constraints and indexes
# are given with them.
metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)
# A fifth of a table dead, the default, is too much where there are millions of rows.
VACUUMED_OFTEN = {"autovacuum_vacuum_scale_factor": "0.02"}


def id_column(comment: str) -> Column[int]:
    """Return a key that PostgreSQL counts up."""
    return Column(
        "id", BigInteger, Identity(always=True), primary_key=True, comment=comment
    )


def time_column(name: str, comment: str, *, default: bool = True) -> Column[datetime]:
    """Return a column for a time, now by default, else NULL."""
    return Column(
        name,
        DateTime(timezone=True),
        nullable=not default,
        server_default=func.now() if default else None,
        comment=comment,
    )


def user_column(name: str, comment: str, *, primary_key: bool = False) -> Column[UUID]:
    """Return a column for a user, with whom the row goes."""
    return Column(
        name,
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        comment=comment,
    )


def error_code_column() -> Column[int]:
    """Return a column for what Twilio calls a failure."""
    return Column(
        "error_code",
        Integer,
        comment="Twilio's error code of a failure, if any.",
    )
