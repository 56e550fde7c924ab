"""The kill switch: whether answers pause, seen by every worker within seconds."""

import time
from dataclasses import dataclass

from db.database import Connection, Database
from db.outages import repeat_once

SINCE = "SELECT max(paused_at) FROM first_start"
PAUSE = """
UPDATE first_start SET paused_at = now() WHERE paused_at IS NULL
"""
RESUME = "UPDATE first_start SET paused_at = NULL WHERE paused_at IS NOT NULL"


@dataclass(slots=True)
class Pauses:
    """Asks the database, once in `kept_seconds`."""

    database: Database
    kept_seconds: float = 2.0
    _is_paused: bool = False
    _asked_at: float | None = None

    def is_paused(self) -> bool:
        """Tell whether answers pause. Raises StoreUnavailableError."""
        last = self._asked_at
        if last is None or time.monotonic() - last >= self.kept_seconds:
            since = repeat_once(lambda: self.database.scalar(SINCE, {}))
            self._is_paused, self._asked_at = since is not None, time.monotonic()
        return self._is_paused


def pause(connection: Connection) -> bool:
    """Have answers pause from now on; False: they did before."""
    return connection.count(PAUSE) > 0


def resume(connection: Connection) -> bool:
    """Let answers be made again; False: nothing paused them."""
    return connection.count(RESUME) > 0
