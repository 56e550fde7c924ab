"""What people decided since the backup, what was done and spent, as it is now."""

from collections.abc import Collection
from datetime import datetime

from db.backups.since.broadcasts import keep_broadcasts, pause_broadcasts
from db.backups.since.calls import doubt_calls, keep_calls
from db.backups.since.facts import forget_facts
from db.backups.since.held import keep_fallbacks
from db.backups.since.money import keep_spent
from db.backups.since.pausing import keep_pause
from db.backups.since.scheduled import doubt_scheduled, keep_scheduled
from db.database import Connection


def keep_wishes(
    witness: Connection,
    told: Connection,
    since: datetime,
    still_open: Collection[str],
    waiting: Collection[str],
) -> None:
    """Tell the restored database what the one in use knows of it.

    The messages are those of keep_calls.
    """
    forget_facts(witness, told)
    keep_pause(witness, told)
    keep_spent(witness, told)
    keep_calls(witness, told, since, still_open, waiting)
    keep_fallbacks(witness, told)
    keep_scheduled(witness, told, since)
    keep_broadcasts(witness, told)


def doubt_wishes(told: Connection) -> None:
    """Prepare the restored database where nobody can tell."""
    forget_facts(None, told)
    doubt_calls(told)
    doubt_scheduled(told)
    pause_broadcasts(told)
