"""How often a batch was tried that would probably fail again."""

import threading
from collections import OrderedDict

from bot.chat.replies import Batch

MOST_KEPT = 10_000


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
