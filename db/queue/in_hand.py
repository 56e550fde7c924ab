"""Which job a thread works on: what it does may depend on whether that is still its.

A worker that stood still may have been thought dead, and its job given to another one.
"""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager

from db.database import Connection

# Its id, and how often it was tried before: whoever gets it anew tries once more.
_job: contextvars.ContextVar[tuple[int, int] | None] = contextvars.ContextVar(
    "job", default=None
)
# As text: see db.queue.jobs.
HOLD = """
SELECT id FROM procrastinate_jobs
WHERE id = %(job_id)s AND status::text = 'doing' AND attempts = %(attempts)s FOR SHARE
"""


@contextmanager
def in_hand(job_id: int | None, attempts: int) -> Iterator[None]:
    """Have what is done inside be done for a job, at this try of it."""
    token = _job.set(None if job_id is None else (job_id, attempts))
    try:
        yield
    finally:
        _job.reset(token)


def hold_job(connection: Connection) -> bool:
    """Keep this thread's job from being given away while the transaction lasts.

    False: it is another's by now. Outside of jobs there is nothing to lose.
    """
    if (job := _job.get()) is None:
        return True
    asked = {"job_id": job[0], "attempts": job[1]}
    return connection.first(HOLD, asked) is not None
