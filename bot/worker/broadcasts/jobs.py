"""What gives people their turns in a broadcast: once a minute, and when one starts."""

import logging

from procrastinate import App

from bot.broadcasts.sending import Broadcasting
from db.errors import OperatorError
from db.queue.jobs import BROADCASTS, SEND_BROADCASTS

log = logging.getLogger(__name__)

BROADCAST_CRON = "* * * * *"


def register_broadcasts(queue: App, broadcasting: Broadcasting) -> None:
    """Register it."""

    @queue.periodic(cron=BROADCAST_CRON)
    @queue.task(
        name=SEND_BROADCASTS,
        queue=BROADCASTS,
        lock=SEND_BROADCASTS,
        queueing_lock=SEND_BROADCASTS,
    )
    def send_broadcasts(timestamp: int = 0) -> None:  # noqa: ARG001  (when it was due)
        try:
            broadcasting.run()
        except OperatorError as error:
            log.warning("broadcasts wait: %s", error)
