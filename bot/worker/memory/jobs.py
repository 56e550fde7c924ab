"""What runs on the queue to remember: summing up, and the look for what is due."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from bot.chat.memory.remembering import (
    NotRememberedError,
    PutOffError,
    Remembering,
)
from bot.observability import bound
from bot.worker.jobs import BackOff
from db.database import Database
from db.errors import OperatorError
from db.memory.due import Due, defer_due
from db.queue.jobs import FIND_DUE_MEMORY, MEMORY, REMEMBER, UPKEEP

log = logging.getLogger(__name__)

# 1, 4, 16 and 60 minutes: what fails costs, and nobody waits for it.
MOST_TRIES = 4
FIRST_PAUSE_SECONDS = 60
LONGEST_PAUSE_SECONDS = 3600
# Beyond a budget nothing is asked, until the next day, or month, has its own.
PUT_OFF_SECONDS = 3 * 3600
MOST_PUT_OFF = 32 * 8
DUE_CRON = "* * * * *"
# With an overlap: a reply is seen once its transaction is over.
OVERLAP = timedelta(minutes=1)
AT_FIRST = timedelta(hours=24)


class LaterError(Exception):
    """It is tried again in `retry_after` seconds, unless it was so often."""

    def __init__(self, reason: NotRememberedError, attempts: int) -> None:
        super().__init__(str(reason))
        pause = FIRST_PAUSE_SECONDS * 4 ** min(attempts, 10)
        self.retry_after = min(pause, LONGEST_PAUSE_SECONDS)
        self.most_tries = MOST_TRIES
        if isinstance(reason, PutOffError):
            self.retry_after, self.most_tries = PUT_OFF_SECONDS, MOST_PUT_OFF


class Later(BaseRetryStrategy):
    """Tries what fails a few times; what is beyond a budget, for a month."""

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> RetryDecision | None:
        """Return when to try again."""
        most = exception.most_tries if isinstance(exception, LaterError) else MOST_TRIES
        back_off = BackOff(LONGEST_PAUSE_SECONDS, most)
        return back_off.get_retry_decision(exception=exception, job=job)


def register_remembering(queue: App, remembering: Remembering) -> None:
    """Register the task that `db.memory.due` defers by name."""

    @queue.task(
        name=REMEMBER,
        queue=MEMORY,
        retry=Later(),
        pass_context=True,
    )
    def remember(context: JobContext, chat_id: str) -> None:
        with bound(chat_id=chat_id):
            try:
                remembering.remember(chat_id)
            except NotRememberedError as error:
                log.warning("a chat is not summed up yet: %s", error)
                raise LaterError(error, context.job.attempts) from None


class Since:
    """How far back to look: over the time in which this worker did not.

    Workers take turns at looking. What one looks at again is found done.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at: float | None = None

    def look(self, run: Callable[[timedelta], object]) -> None:
        """Look once; what could not be looked at is left to the next time."""
        began, last = self._clock(), self._looked_at
        unseen = AT_FIRST if last is None else timedelta(seconds=began - last) + OVERLAP
        try:
            run(min(unseen, AT_FIRST))
        except OperatorError as error:
            log.warning("could not look for what is to be summed up: %s", error)
        else:
            self._looked_at = began


def register_look(queue: App, database: Database, due: Due) -> None:
    """Register the search for what is due, once a minute."""
    since = Since()

    @queue.periodic(cron=DUE_CRON)
    @queue.task(name=FIND_DUE_MEMORY, queue=UPKEEP, queueing_lock=FIND_DUE_MEMORY)
    def find_due(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        since.look(lambda unseen: defer_due(database, due, unseen))
