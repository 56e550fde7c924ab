"""Where backups lie."""

from dataclasses import dataclass
from pathlib import Path

Kept = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class BackupFolder:
    """Where backups go, to which age public key they are encrypted, how many stay.

    `kept` counts days, weeks (Monday to Sunday) and months: of each of the last ones,
    today's included, the newest backup stays.
    """

    path: Path
    public_key: str | None = None
    kept: Kept = (7, 4, 12)
