"""What settles spendings that killed workers left."""

import logging

from procrastinate import App

from bot.worker.scheduled import upkeep
from db.money.ledger import PostgresLedger
from db.queue.jobs import SETTLE_SPENDINGS

log = logging.getLogger(__name__)

SETTLE_CRON = "29 * * * *"


def register_settling(queue: App, ledger: PostgresLedger) -> None:
    """Register what settles, at their worst, the calls that killed workers left."""
    failure = "what was left reserved could not be settled"

    @upkeep(queue, SETTLE_SPENDINGS, SETTLE_CRON, failure)
    def settle_spendings(_due: int) -> None:
        if left := ledger.settle_left():
            log.warning("spendings were left reserved: they count as their worst case",
                        extra={"spendings": left})  # fmt: skip
