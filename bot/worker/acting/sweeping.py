"""Calls of tools that nobody finished: a person is called for them."""

import logging
from collections.abc import Callable
from datetime import timedelta

from procrastinate import App

from db.errors import OperatorError
from db.queue.jobs import SWEEP_CALLS, UPKEEP
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
) -> None:
    """Register what settles such calls as unknown; `lasts`: how long a person has."""

    @queue.periodic(cron=SWEEP_CRON)
    @queue.task(
        name=SWEEP_CALLS, queue=UPKEEP, lock=SWEEP_CALLS, queueing_lock=SWEEP_CALLS
    )
    def sweep_calls(timestamp: int) -> None:  # noqa: ARG001  (when it was due)
        if stopping():
            return
        try:
            swept = ledger.sweep(LEFT_AFTER, lasts, WHY)
        except OperatorError as error:
            log.warning("calls of tools could not be looked after: %s", error)
            return
        if swept:
            log.error("calls of tools are unknown for good", extra={"calls": swept})
