"""How often something was tried that would probably fail again."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

MOST_COUNTED = 10_000


class Tries:
    """Counts in this process; what failed because a server is away costs none."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: OrderedDict[Hashable, int] = OrderedDict()

    def count(self, thing: Hashable) -> int:
        """Count one more try of a thing; return how many there were."""
        with self._lock:
            tries = self._counts.pop(thing, 0) + 1
            self._counts[thing] = tries
            if len(self._counts) > MOST_COUNTED:
                self._counts.popitem(last=False)
            return tries
