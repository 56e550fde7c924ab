"""What people decided since the backup, and what was spent, as it is now."""

from db.backups.since.facts import forget_facts
from db.backups.since.held import keep_fallbacks
from db.backups.since.money import keep_spent
from db.backups.since.pausing import keep_pause
from db.database import Connection


def keep_wishes(witness: Connection, told: Connection) -> None:
    """Tell the restored database what the one in use knows of it."""
    forget_facts(witness, told)
    keep_pause(witness, told)
    keep_spent(witness, told)
    keep_fallbacks(witness, told)
