"""What looks after the data on a schedule."""

import logging
from collections.abc import Callable

from procrastinate import App

from bot.settings import Settings
from bot.upkeep_settings import UpkeepSettings
from db.database import Database
from db.errors import OperatorError
from db.privacy.retention import Ages, run_retention
from db.queue.jobs import UPKEEP

log = logging.getLogger(__name__)

RETENTION = "retention"
RETENTION_CRON = "17 * * * *"
# What is left over then comes an hour later.
MOST_SECONDS = 300.0


def ages_of(upkeep: UpkeepSettings) -> Ages:
    """Return what retention needs of the settings."""
    return Ages(
        close_idle=upkeep.close_idle_after,
        archive=upkeep.archive_after,
        delete_archived=upkeep.delete_archived_after,
        drop_system_messages=upkeep.drop_system_messages_after,
        drop_records=upkeep.drop_records_after,
    )


def register_upkeep(
    queue: App, settings: Settings, database: Database, stopping: Callable[[], bool]
) -> None:
    """Register the scheduled jobs that keep the database small."""
    ages = ages_of(settings.upkeep)

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
