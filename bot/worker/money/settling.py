"""What settles spendings that killed workers left."""

import logging

from procrastinate import App

from db.errors import OperatorError
from db.money.ledger import PostgresLedger
from db.queue.jobs import SETTLE_SPENDINGS, UPKEEP

log = logging.getLogger(__name__)

SETTLE_CRON = "29 * * * *"


def register_settling(queue: App, ledger: PostgresLedger) -> None:
    """Register what settles, at their worst, the calls that killed workers left."""

    @queue.periodic(cron=SETTLE_CRON)
    @queue.task(
        name=SETTLE_SPENDINGS,
        queue=UPKEEP,
        lock=SETTLE_SPENDINGS,
        queueing_lock=SETTLE_SPENDINGS,
    )
    def settle_spendings(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        try:
            left = ledger.settle_left()
        except OperatorError as error:
            log.warning("what was left reserved could not be settled: %s", error)
            return
        if left:
            log.warning("spendings were left reserved: they count as their worst case",
                        extra={"spendings": left})  # fmt: skip
