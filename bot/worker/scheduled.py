"""What looks after the data on a schedule."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from procrastinate import App

from bot.knowledge.finding.embedding import VectorStore, embed_missing
from bot.llm.embeddings import Embeddings
from bot.whatsapp.elsewhere.noticing import Looking, Noticing
from bot.whatsapp.reconciliation import Reconciliation
from db.database import Database
from db.delivery.holding import drop_held
from db.errors import OperatorError
from db.privacy.ages import Ages
from db.privacy.retention import Bounds, run_retention
from db.queue.jobs import (
    EMBED_CHUNKS,
    END_TAKEOVERS,
    KNOWLEDGE,
    NOTICE_ELSEWHERE,
    RECONCILE,
    SWEEP_FILES,
    UPKEEP,
)
from db.support.ends import Ending, end_takeovers

log = logging.getLogger(__name__)

# Every five minutes, with an overlap: what was answered just now may look as if it had
# been answered elsewhere, until its SID is stored.
RECONCILE_CRON = "*/5 * * * *"
RECONCILE_OVERLAP = timedelta(minutes=20)
RECONCILE_AT_MOST = timedelta(hours=24)
RECONCILE_SETTLE = timedelta(seconds=30)

NOTICE_CRON = "* * * * *"

RETENTION = "retention"
RETENTION_CRON = "17 * * * *"
# What is left over then comes an hour later. A turn is a quarter of a million chats.
BOUNDS = Bounds(seconds=300.0, turn=500)

EMBEDDING_CRON = "* * * * *"
ENDS_CRON = "* * * * *"
SWEEP_CRON = "43 * * * *"


class LookBack:
    """How far back to look for lost messages: over the time in which nobody did.

    That is a day at most, and at a worker's start, which can't know.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at: float | None = None

    def look(self, run: Callable[[timedelta, timedelta], object]) -> None:
        """Look once; what could not be looked at is left to the next time."""
        began = self._clock()
        try:
            run(self._lookback(began), RECONCILE_SETTLE)
        except OperatorError as error:
            log.warning("could not look for lost messages: %s", error)
        else:
            self._looked_at = began

    def _lookback(self, now: float) -> timedelta:
        if self._looked_at is None:
            return RECONCILE_AT_MOST
        unseen = timedelta(seconds=now - self._looked_at)
        return min(unseen + RECONCILE_OVERLAP, RECONCILE_AT_MOST)


def register_reconciliation(queue: App, reconciliation: Reconciliation) -> None:
    """Register the search for messages whose webhooks never came."""
    look_back = LookBack()

    @queue.periodic(cron=RECONCILE_CRON)
    @queue.task(name=RECONCILE, queue=UPKEEP, queueing_lock=RECONCILE)
    def reconcile(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        look_back.look(reconciliation.run)


def register_noticing(queue: App, noticing: Noticing) -> None:
    """Register the search for what others write from our number."""
    looking = Looking(noticing.run)

    @queue.periodic(cron=NOTICE_CRON)
    @queue.task(
        name=NOTICE_ELSEWHERE,
        queue=UPKEEP,
        lock=NOTICE_ELSEWHERE,
        queueing_lock=NOTICE_ELSEWHERE,
    )
    def notice(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        try:
            looking.look()
        except OperatorError as error:
            log.warning("could not look for what others wrote: %s", error)


def register_retention(
    queue: App,
    database: Database,
    ages: Ages,
    stopping: Callable[[], bool],
    *,
    held_for: timedelta | None,
) -> None:
    """Register what keeps the database small, and drops what is held for longer.

    None: nothing is held any more, and what was is dropped.
    """

    @queue.periodic(cron=RETENTION_CRON)
    @queue.task(name=RETENTION, queue=UPKEEP, lock=RETENTION, queueing_lock=RETENTION)
    def retention(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        try:
            if chats := drop_held(database, held_for):
                log.error("messages were held in vain", extra={"chats": chats})
            done = list(run_retention(database, ages, bounds=BOUNDS, stopping=stopping))
        except OperatorError as error:
            log.warning("retention broke off: %s", error)
            return
        amounts = {purged.name: purged.amount for purged in done if purged.amount}
        log.info("retention is done", extra={"purged": amounts})


def register_ends(
    queue: App, database: Database, ending: Ending, stopping: Callable[[], bool]
) -> None:
    """Register what warns of the end of takeovers, and ends them, within a minute."""

    @queue.periodic(cron=ENDS_CRON)
    @queue.task(
        name=END_TAKEOVERS,
        queue=UPKEEP,
        lock=END_TAKEOVERS,
        queueing_lock=END_TAKEOVERS,
    )
    def end(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        try:
            done = end_takeovers(database, ending, stopping)
        except OperatorError as error:
            log.warning("takeovers could not be ended: %s", error)
            return
        if any(asdict(done).values()):
            log.info("takeovers ended", extra={"ended": asdict(done)})


def register_sweep(queue: App, sweep: Callable[[], int]) -> None:
    """Register what removes files of media that nothing names any more."""

    @queue.periodic(cron=SWEEP_CRON)
    @queue.task(
        name=SWEEP_FILES, queue=UPKEEP, lock=SWEEP_FILES, queueing_lock=SWEEP_FILES
    )
    def sweep_files(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        try:
            swept = sweep()
        except (OperatorError, OSError) as error:
            log.warning("files of MEDIA_STORE could not be swept: %s", error)
            return
        if swept:
            log.info("files that nothing names are removed", extra={"files": swept})


def register_embedding(
    queue: App, store: VectorStore, server: Embeddings, stopping: Callable[[], bool]
) -> None:
    """Register what makes the vectors of documents, within a minute after they came."""

    @queue.periodic(cron=EMBEDDING_CRON)
    @queue.task(
        name=EMBED_CHUNKS,
        queue=KNOWLEDGE,
        lock=EMBED_CHUNKS,
        queueing_lock=EMBED_CHUNKS,
    )
    def embed_chunks(timestamp: int = 0) -> None:  # noqa: ARG001  (when it was due)
        if made := embed_missing(store, server, stopping):
            log.info("vectors are made", extra={"vectors": made})
