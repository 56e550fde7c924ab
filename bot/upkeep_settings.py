"""Settings of what looks after the data: retention, erasing, backups."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.environment import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepSettings:
    """How long things are kept, and where backups lie. `None`: kept for good."""

    close_idle_after: timedelta | None
    archive_after: timedelta | None
    delete_archived_after: timedelta | None
    drop_system_messages_after: timedelta | None
    drop_records_after: timedelta
    erasure_key: str | None = field(repr=False)
    backup_folder: Path
    backup_public_key: str | None
    backups_kept: tuple[int, int, int]


def read_upkeep(read: Reader, data_folder: Path) -> UpkeepSettings:
    """Read the variables; what is wrong is collected by the reader."""
    folder = read.text("BACKUP_FOLDER")
    return UpkeepSettings(
        close_idle_after=_days(read, "RETENTION_CLOSE_IDLE_DAYS", 30),
        archive_after=_days(read, "RETENTION_ARCHIVE_DAYS", 90),
        delete_archived_after=_days(read, "RETENTION_DELETE_ARCHIVED_DAYS", 730),
        drop_system_messages_after=_days(read, "RETENTION_SYSTEM_MESSAGES_DAYS", 30),
        drop_records_after=timedelta(
            days=read.integer("RETENTION_RECORDS_DAYS", 30, 7, 36_500)
        ),
        erasure_key=read.text("ERASURE_KEY", "[!-~]{16,}", "16 or more characters"),
        backup_folder=Path(folder).absolute() if folder else data_folder / "backups",
        backup_public_key=read.text(
            "BACKUP_PUBLIC_KEY", "age1[0-9a-z]{58}", "an age public key: age1..."
        ),
        backups_kept=(
            read.integer("BACKUP_KEEP_DAYS", 7, 1, 3660),
            read.integer("BACKUP_KEEP_WEEKS", 4, 0, 520),
            read.integer("BACKUP_KEEP_MONTHS", 12, 0, 120),
        ),
    )


def _days(read: Reader, name: str, default: int) -> timedelta | None:
    days = read.integer(name, default, 0, 36_500)
    return timedelta(days=days) if days else None
