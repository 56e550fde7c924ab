"""A worker's jobs: who fetched a job is who ends it, also after connections broke.

The worker lives through an outage. What it holds it goes on holding: nobody else is
given it as long as the worker shows in time that it lives, and it ends its jobs as soon
as the database can be told.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import psycopg
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, JobInserted, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback

from db.outages import reason_of
from db.queue.outage import Outage
from db.queue.shares import Shares
from db.queue.taking import MOST_AT_ONCE, SOON, TAKE, TAKE_NEWER, Look, Taken

log = logging.getLogger(__name__)
Result = TypeVar("Result")

# A killed worker's jobs run again within silence + look, about 10 s.
HEARTBEAT_SECONDS = 2.0
SILENT_SECONDS = 7.0
# After an outage the others, too, need a moment to show that they live.
GRACE_SECONDS = HEARTBEAT_SECONDS + 1.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0
# Other workers may be quicker each time; what is heard last waits for the next poll.
MOST_LOOKS = 5
NEXT: JobInserted = {"type": "job_inserted", "job_id": 0}
# A worker that was thought dead ends no job that another one runs meanwhile. (As text:
# see db.queue.jobs.)
IF_OURS = """
FROM (
  SELECT FROM procrastinate_jobs
  WHERE id = %(job_id)s AND status::text = 'doing' AND attempts = %(attempts)s
    AND worker_id IS NOT DISTINCT FROM %(worker_id)s
  FOR UPDATE
) AS ours
"""
FINISH = f"""
SELECT procrastinate_finish_job_v1(%(job_id)s, %(status)s, %(delete_job)s), {SOON}
{IF_OURS}
"""
RETRY = f"""
SELECT procrastinate_retry_job_v2(
  %(job_id)s, %(retry_at)s, %(priority)s, %(queue)s, %(lock)s) {IF_OURS}
"""
SHOW_LIFE = """
UPDATE procrastinate_workers SET last_heartbeat = now()
WHERE id = %(number)s RETURNING id
"""


class OwnJobs(JobManager):
    """Fetches and ends one worker's jobs, and does not fail when the database is away.

    Its calls raise ConnectorException only where waiting can't help, such as without
    the queue's tables.
    """

    def __init__(
        self, connector: Any, looked: Callable[[], None], shares: Shares
    ) -> None:
        super().__init__(connector)
        self._looked = looked
        self._shares = shares
        self._hear: NotificationCallback | None = None
        self._number: int | None = None  # ours; a new one where we were thought dead
        self._held: dict[tuple[int | None, int], str] = {}
        self._heard = 0
        self._fetching = asyncio.Lock()
        self._showing = asyncio.Lock()
        self._outage = Outage()
        self._taken = Taken()

    async def register_worker(self) -> int:
        """Return the number under which this worker takes jobs at first."""
        self._number = await self._until_it_works(super().register_worker)
        return self._number

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:
        """Forget workers that are dead."""
        prune = super().prune_stalled_workers
        return await self._until_it_works(lambda: prune(seconds_since_heartbeat))

    async def unregister_worker(self, worker_id: int) -> None:  # noqa: ARG002
        """Say that this worker ends; if nobody hears it, its silence will.

        What it took and did not begin waits for no silence.
        """
        try:
            while job := self._taken.next():
                await self._give_back(job)
            await super().unregister_worker(self._number or 0)
        except ConnectorException as error:
            self._note(error)

    async def update_heartbeat(self, worker_id: int) -> None:  # noqa: ARG002
        """Show that this worker lives, if the database can be told."""
        try:
            await (self._come_back() if self._outage.is_on else self._show_life())
        except ConnectorException as error:
            self._note(error)

    async def _show_life(self) -> None:
        async with self._showing:  # or two would each take a new number
            shown = {"number": self._number}
            if not await self.connector.execute_query_all_async(SHOW_LIFE, **shown):
                self._number = await super().register_worker()
                log.warning("this worker was thought dead: it goes on as a new one")

    async def fetch_job(
        self,
        queues: Iterable[str] | None,
        worker_id: int,  # noqa: ARG002
    ) -> Job | None:
        """Take a job, to be held until it is ended; None also in an outage.

        The worker forgets what it hears of during a look, and the look may have come
        too early for it: one that finds nothing is repeated then.
        """
        for _ in range(MOST_LOOKS):
            if not self._taken.needs_look(self._heard):
                break
            heard = self._heard
            await self._look(queues)
            if heard == self._heard:
                break
        return self._taken.next()

    async def _look(self, queues: Iterable[str] | None) -> None:
        try:
            if self._outage.is_on:
                await self._come_back()
            async with self._fetching:
                await self._take(queues)
        except ConnectorException as error:
            self._note(error)
        else:
            self._looked()

    async def _take(self, queues: Iterable[str] | None) -> None:
        """Take as many jobs as there is room for; they are held from here on."""
        held = self._held.values()
        asked = {
            "queues": queues or self._shares.free(held),
            "worker_id": self._number or 0,
            "most": 1 if queues else min(MOST_AT_ONCE, self._shares.room(held)),
            "named": list(self._shares.named),
        }
        since = self._taken.reach.since()
        look = Look(since, is_for_any=asked["queues"] is None, heard=self._heard)
        statement = TAKE if since is None else TAKE_NEWER
        rows = await self.connector.execute_query_all_async(
            statement, **asked, since=since
        )
        for job in self._taken.add(look, rows):
            self._held[_key(job)] = job.queue

    async def _come_back(self) -> None:
        """Show that we live before others look, and find what we were given unheard."""
        await self._show_life()
        self._outage.end()
        await self.rescue()

    async def rescue(self) -> None:
        """Give jobs that nobody works on back to the queue.

        They are those of workers that went silent, and those which are ours as the
        database has it, but whose fetching we never heard the answer to. Every worker
        looks, without a lock: giving a job back twice is refused, and a job that runs
        twice all the same finds its work done.
        """
        try:
            async with self._fetching:
                found = {job.id: job for job in await self._find_doubtful()}
                left = [job for job in found.values() if _key(job) not in self._held]
            for job in left:
                await self._give_back(job)
        except ConnectorException as error:
            self._note(error)

    async def _find_doubtful(self) -> list[Job]:
        ours = await self.list_jobs_async(status="doing", worker_id=self._number)
        if not self._outage.is_over_for(GRACE_SECONDS):
            return list(ours)
        silent = await self.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS)
        return [*ours, *silent]

    async def _give_back(self, job: Job) -> None:
        try:
            await self._end_once(job, RETRY, **_retry_at(datetime.now(UTC)))
            log.warning("gave a job back", extra={"job_id": job.id})
        except UniqueViolation:  # the next one of its schedule waits already
            how = {"status": Status.FAILED.value, "delete_job": True}
            await self._end_once(job, FINISH, **how)

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
        await self._end(job, RETRY, **_retry_at(due, priority, queue, lock))

    async def _end(self, job: Job, statement: str, **how: Any) -> None:
        await self._until_it_works(lambda: self._end_once(job, statement, **how))
        self._held.pop(_key(job), None)
        if self._hear and job.queue in self._shares.named:
            # The next of its queue may have waited for this one alone.
            await self._hear(channel="", notification=NEXT)

    async def _end_once(self, job: Job, statement: str, **how: Any) -> None:
        how |= {"job_id": job.id, "attempts": job.attempts, "worker_id": job.worker_id}
        await self.connector.execute_query_async(statement, **how)

    async def list_jobs_to_abort_async(self, queue: str | None = None) -> Iterable[int]:
        """Return the jobs that somebody wants to end: none in an outage."""
        try:
            return await super().list_jobs_to_abort_async(queue)
        except ConnectorException as error:
            self._note(error)
            return []

    async def defer_periodic_job(
        self, job: Job, periodic_id: str, defer_timestamp: int
    ) -> int | None:
        """Defer a job that is due by its schedule, once over all workers."""
        defer = super().defer_periodic_job
        return await self._until_it_works(
            lambda: defer(job, periodic_id, defer_timestamp)
        )

    async def listen_for_jobs(
        self,
        *,
        on_notification: NotificationCallback,
        queues: Iterable[str] | None = None,
    ) -> None:
        """Hear of new jobs; where that breaks, looking for them does without."""

        async def hear(*, channel: str, notification: Notification) -> None:
            self._heard += 1
            await on_notification(channel=channel, notification=notification)

        self._hear = hear
        while True:
            try:
                await super().listen_for_jobs(on_notification=hear, queues=queues)
            except ConnectorException:
                await asyncio.sleep(LONGEST_PAUSE_SECONDS)

    async def _until_it_works(self, call: Callable[[], Awaitable[Result]]) -> Result:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await call()
            except ConnectorException as error:
                self._note(error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _note(self, error: ConnectorException) -> None:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, psycopg.ProgrammingError):
            raise error
        self._outage.note(reason_of(error))


def _key(job: Job) -> tuple[int | None, int]:
    """Return what stands for one fetching of a job: each try counts up."""
    return job.id, job.attempts


def _retry_at(
    due: datetime,
    priority: int | None = None,
    queue: str | None = None,
    lock: str | None = None,
) -> dict[str, Any]:
    return {"retry_at": due, "priority": priority, "queue": queue, "lock": lock}
