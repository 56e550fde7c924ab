"""Several jobs taken in one look, for a worker that asks for them one by one."""

import math
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from procrastinate.jobs import Job

from db.queue.reach import Reach

# Not more: what one worker takes no other one can.
MOST_AT_ONCE = 4
# That nothing was left is believed for so long: what comes due by itself waits for a
# look, and those are made twice a second anyhow.
MOMENT_SECONDS = 0.05
# Fetching and ending don't wait for the disk, each in its transaction alone. Whatever a
# job stores does wait, and is written after them: a crash of the server that takes a
# fetching back meets a job that has stored nothing since; one that takes an end back
# has the job run again, and find its work done.
SOON = "set_config('synchronous_commit', 'off', true)"
# With the last job's number: for how far back the next look goes (Reach). A row without
# an id ends it, since nothing is left; so does a job of a queue with places of its own,
# where the next one may have none.
LATEST = """
latest AS MATERIALIZED (
  SELECT pg_sequence_last_value('procrastinate_jobs_id_seq'::regclass) AS last
)
"""
# From the oldest job on, each by a call of procrastinate's own, which sees what those
# before it took: of jobs that share a lock only the first is taken.
TAKE = f"""
WITH RECURSIVE {LATEST}, taken AS (
  SELECT 1 AS number, last, job.*
  FROM latest, LATERAL
    procrastinate_fetch_job_v2(%(queues)s::varchar[], %(worker_id)s) AS job
  UNION ALL
  SELECT taken.number + 1, taken.last, job.*
  FROM taken, LATERAL
    procrastinate_fetch_job_v2(%(queues)s::varchar[], taken.worker_id) AS job
  WHERE taken.id IS NOT NULL AND taken.number < %(most)s
    AND taken.queue_name <> ALL (%(named)s::varchar[])
)
SELECT *, {SOON} FROM taken ORDER BY number
"""  # noqa: S608  (our own words)
TAKE_NEWER = f"""
WITH {LATEST}
SELECT last, job.*, {SOON}
FROM latest, LATERAL fetch_newer_jobs(%(queues)s::varchar[], %(worker_id)s,
  %(since)s::bigint, %(most)s, %(named)s::varchar[])
  WITH ORDINALITY AS job
ORDER BY ordinality
"""  # noqa: S608  (the same)


@dataclass(frozen=True, slots=True)
class Look:
    """A look for jobs: from which one on, of any queue or not, after what was heard."""

    since: int | None
    is_for_any: bool
    heard: int
    began: float = field(default_factory=time.monotonic)


class Taken:
    """What a worker has taken and not begun yet; all of it is its own by then."""

    def __init__(self) -> None:
        self.reach = Reach()
        self._jobs: deque[Job] = deque()
        self._all_taken_at = -math.inf
        self._heard = 0

    def add(self, look: Look, rows: Iterable[Mapping[str, Any]]) -> list[Job]:
        """Take in what a look found; return its jobs."""
        found = [dict(row) for row in rows]
        jobs = [Job.from_row(row) for row in found if row["id"] is not None]
        self._jobs.extend(jobs)
        is_all, now = len(jobs) < len(found), time.monotonic()
        self._all_taken_at = now if jobs and is_all else -math.inf
        self._heard = look.heard
        if look.is_for_any:
            newest = (found[0]["last"] or 0) if is_all else None
            self.reach.note(look.since, jobs, newest, now - look.began)
        return jobs

    def needs_look(self, heard: int) -> bool:
        """Tell whether there may be a job, and none is here."""
        if self._jobs:
            return False
        is_old = time.monotonic() - self._all_taken_at > MOMENT_SECONDS
        return is_old or heard != self._heard

    def next(self) -> Job | None:
        """Return the next job; None: there is none, as far as was seen."""
        if self._jobs:
            return self._jobs.popleft()
        self._all_taken_at = -math.inf  # whoever asks again wants to know it anew
        return None
