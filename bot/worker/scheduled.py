"""What looks after the data on a schedule."""

import logging
from collections.abc import Callable
from datetime import timedelta

from procrastinate import App

from bot.whatsapp.outcomes import DeliveryError
from bot.whatsapp.reconciliation import Reconciliation
from db.database import Database
from db.errors import OperatorError
from db.privacy.ages import Ages
from db.privacy.retention import run_retention
from db.queue.jobs import RECONCILE, UPKEEP

log = logging.getLogger(__name__)

# Every five minutes, with an overlap; a worker's first look goes back over the time
# in which nobody may have looked.
RECONCILE_CRON = "*/5 * * * *"
RECONCILE_LOOKBACK = timedelta(minutes=20)
RECONCILE_AT_START = timedelta(hours=24)
RECONCILE_SETTLE = timedelta(seconds=30)

RETENTION = "retention"
RETENTION_CRON = "17 * * * *"
# What is left over then comes an hour later.
MOST_SECONDS = 300.0


def register_reconciliation(queue: App, reconciliation: Reconciliation) -> None:
    """Register the search for messages whose webhooks never came."""
    look_back = iter([RECONCILE_AT_START])

    @queue.periodic(cron=RECONCILE_CRON)
    @queue.task(name=RECONCILE, queue=UPKEEP, queueing_lock=RECONCILE)
    def reconcile(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        try:
            lookback = next(look_back, RECONCILE_LOOKBACK)
            reconciliation.run(lookback, RECONCILE_SETTLE)
        except DeliveryError as error:
            log.warning("could not ask Twilio for lost messages: %s", error)


def register_retention(
    queue: App, database: Database, ages: Ages, stopping: Callable[[], bool]
) -> None:
    """Register what keeps the database small."""

    @queue.periodic(cron=RETENTION_CRON)
    @queue.task(name=RETENTION, queue=UPKEEP, lock=RETENTION, queueing_lock=RETENTION)
    def retention(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        try:
            done = list(
                run_retention(database, ages, seconds=MOST_SECONDS, stopping=stopping)
            )
        except OperatorError as error:
            log.warning("retention broke off: %s", error)
            return
        amounts = {purged.name: purged.amount for purged in done if purged.amount}
        log.info("retention is done", extra={"purged": amounts})
