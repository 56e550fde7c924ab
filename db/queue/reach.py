"""How far back a worker's next look for jobs goes: to the oldest, or to newer ones.

Jobs that were done are dead rows until they are cleared away, and while a backup holds
a snapshot they can't be. A look that begins with the oldest passes all of them: 27 ms
after 22,000 jobs. So most looks begin where the last ones ended, and now and then one
looks at all, for what became due, or free, behind that: from the oldest of those the
next ones go on. As long as jobs are found that give way to others, all looks do: of
those there may be many, and which comes first is for the queue to say.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from procrastinate.jobs import Job

# Jobs are numbered before they can be seen: the last ones may come in any order.
SLACK = 200
# Before the worker's own looking around, which finds what comes due by itself.
FULL_SECONDS = 0.4
LONGEST_SECONDS = 5.0
# A look at all costs no more than this share of a worker's time.
SHARE = 0.1


@dataclass(slots=True)
class Reach:
    """What the looks so far say about where the next one may begin."""

    clock: Callable[[], float] = time.monotonic
    _since: int | None = None
    _full_due: float = -math.inf

    def since(self) -> int | None:
        """Return from which job on to look; None: from the oldest."""
        return None if self.clock() >= self._full_due else self._since

    def note(
        self, since: int | None, jobs: Sequence[Job], newest: int | None, seconds: float
    ) -> None:
        """Take in which jobs a look from there on took, and how long that lasted.

        `newest`: nothing is left, and this was the last job's number. Else as many were
        taken as there was room for, the oldest first.
        """
        numbers = [job.id or 0 for job in jobs]
        behind = max((max(numbers, default=0) if newest is None else newest) - SLACK, 0)
        self._since = behind if since is None else max(since, behind)
        if any(job.priority for job in jobs):
            self._full_due = -math.inf
        elif since is None:
            pause = min(max(FULL_SECONDS, seconds / SHARE), LONGEST_SECONDS)
            self._full_due = self.clock() + pause
