"""Calls of tools that nobody finished: a person is called for them."""

import logging
from collections.abc import Callable
from datetime import timedelta

from procrastinate import App

from bot.worker.scheduled import upkeep
from db.queue.jobs import SWEEP_CALLS
from db.tools.calls import ToolCalls

log = logging.getLogger(__name__)

SWEEP_CRON = "*/5 * * * *"
# Longer than any call may take, and than a job waits that was broken off.
LEFT_AFTER = timedelta(minutes=15)
WHY = "it was begun, and nobody finished its answer"


def register_sweep_of_calls(
    queue: App,
    ledger: ToolCalls,
    lasts: timedelta | None,
    stopping: Callable[[], bool],
    drop_late: Callable[[], object] = lambda: None,
) -> None:
    """Register what settles such calls as unknown; `lasts`: how long a person has.

    `drop_late` refuses what waited for too long.
    """

    @upkeep(queue, SWEEP_CALLS, SWEEP_CRON, "calls of tools could not be looked after")
    def sweep_calls(_due: int) -> None:
        if stopping():
            return
        drop_late()
        if swept := ledger.sweep(LEFT_AFTER, lasts, WHY):
            log.error("calls of tools are unknown for good", extra={"calls": swept})
