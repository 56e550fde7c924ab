"""How long a talk waits, and how often it tries what would probably fail again."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.chat.replies import Batch
from db.records import Userchat

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a talk waits: for quiet, before a notice, until it is too late."""

    quiet_seconds: float = 0.8
    notice_seconds: float = 120
    max_age: timedelta = timedelta(minutes=60)

    def is_too_old(self, batch: Batch) -> bool:
        """Tell whether the batch waited so long that its answer would only confuse."""
        return age_of(batch) > self.max_age

    def needs_notice(self, chat: Userchat, batch: Batch) -> bool:
        """Tell whether the user waited long and was not told yet."""
        told = {sid for turn in chat.turns for sid in turn.notice_for}
        waited = age_of(batch).total_seconds() > self.notice_seconds
        return waited and not told & {turn.message_sid for turn in batch}


def age_of(batch: Batch) -> timedelta:
    """Return how long the oldest message of the batch has been waiting."""
    return datetime.now(UTC) - batch[0].timestamp


class Tries:
    """Counts in this process; what failed because an LLM is away costs none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, int] = OrderedDict()

    def count(self, batch: Batch) -> int:
        """Count one more try of a batch; return how many there were."""
        sid = batch[0].message_sid or ""
        with self._lock:
            tries = self._counts.pop(sid, 0) + 1
            self._counts[sid] = tries
            if len(self._counts) > MOST_KEPT:
                self._counts.popitem(last=False)
            return tries
