"""What all tables share."""

from sqlalchemy import Column, DateTime, MetaData, func

metadata = MetaData()


def time_column(name: str, comment: str, *, default: bool = True) -> Column[object]:
    """Return a column for a time, now by default, else NULL."""
    return Column(
        name,
        DateTime(timezone=True),
        nullable=not default,
        server_default=func.now() if default else None,
        comment=comment,
    )
