"""Whether answers pause is as now, whatever was so when a backup was made.

Somebody who stopped the bot, and restores for the very reason, must not hear it speak;
nor stays it silent for what was over long ago.
"""

from db.database import Connection

HAS_PAUSE = """
SELECT EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = to_regclass('public.first_start')
                 AND attname = 'paused_at')
"""
SINCE = "SELECT max(paused_at) FROM first_start"
KEEP = "UPDATE first_start SET paused_at = %(since)s"


def keep_pause(witness: Connection, told: Connection) -> None:
    """Have the restored database pause answers as the one in use does, or not."""
    if told.scalar(HAS_PAUSE):
        since = witness.scalar(SINCE) if witness.scalar(HAS_PAUSE) else None
        told.count(KEEP, {"since": since})
