"""procrastinate's app for a worker: who fetched a job is who ends it."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg.rows import dict_row

from db.outages import reason_of
from db.pool import Limits, conninfo

log = logging.getLogger(__name__)

# A worker that was thought dead ends no job that another one runs meanwhile.
IF_OURS = """
FROM (
  SELECT FROM procrastinate_jobs
  WHERE id = %(job_id)s AND status = 'doing' AND attempts = %(attempts)s
    AND worker_id IS NOT DISTINCT FROM %(worker_id)s
  FOR UPDATE
) AS ours
"""
FINISH = f"""
SELECT procrastinate_finish_job_v1(%(job_id)s, %(status)s, %(delete_job)s) {IF_OURS}
"""
RETRY = f"""
SELECT procrastinate_retry_job_v2(
  %(job_id)s, %(retry_at)s, %(priority)s, %(queue)s, %(lock)s) {IF_OURS}
"""
# A job that was not ended would hold its lock for as long as its worker lives.
PAUSES_SECONDS = (0.1, 1.0, 3.0)


def build_queue(
    url: str, connections: int = 8, looked: Callable[[], None] = lambda: None
) -> App:
    """Return procrastinate's app for a worker; tasks are registered on it.

    `looked` is called whenever the worker has looked for a job, found or not.
    """
    connector = PsycopgConnector(
        conninfo=conninfo(url, Limits(statement_seconds=30)),
        min_size=1,
        max_size=connections,
        kwargs={"row_factory": dict_row},
    )
    app = App(connector=connector)
    app.job_manager = OwnJobs(connector, looked)
    return app


class OwnJobs(JobManager):
    """Ends jobs for those who still run them, also after a connection broke."""

    def __init__(self, connector: PsycopgConnector, looked: Callable[[], None]) -> None:
        super().__init__(connector)
        self._looked = looked

    async def fetch_job(
        self, queues: Iterable[str] | None, worker_id: int
    ) -> Job | None:
        """Take the next job, if there is one."""
        job = await super().fetch_job(queues, worker_id)
        self._looked()
        return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End a job for good, if the worker that fetched it so still runs it."""
        await self._end(job, FINISH, status=status.value, delete_job=delete_job)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Have a job run again, if the worker that fetched it so still runs it."""
        due = retry_at or datetime.now(UTC)
        changes = {"priority": priority, "queue": queue, "lock": lock}
        await self._end(job, RETRY, retry_at=due, **changes)

    async def _end(self, job: Job, statement: str, **how: Any) -> None:
        how |= {"job_id": job.id, "attempts": job.attempts, "worker_id": job.worker_id}
        for pause in PAUSES_SECONDS:
            try:
                await self.connector.execute_query_async(statement, **how)
            except ConnectorException as error:
                log.warning("could not end a job yet: %s", reason_of(error))
                await asyncio.sleep(pause)
            else:
                return
        await self.connector.execute_query_async(statement, **how)
