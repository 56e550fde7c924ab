"""What writes down, every minute, what the messages that were sent cost."""

import logging
from datetime import timedelta

from procrastinate import App

from db.errors import OperatorError
from db.money.messages import Messages
from db.queue.jobs import PRICE_MESSAGES, UPKEEP

log = logging.getLogger(__name__)

PRICE_CRON = "* * * * *"
# Once an hour all is looked at that a stopped worker may have left, or that was held.
LATELY, LONG = timedelta(hours=1), timedelta(days=7)
MINUTES = 60


def register_messages(
    queue: App, messages: Messages, held: timedelta = timedelta()
) -> None:
    """Register it; `held` is how long a message may wait for its user to write."""

    @queue.periodic(cron=PRICE_CRON)
    @queue.task(
        name=PRICE_MESSAGES,
        queue=UPKEEP,
        lock=PRICE_MESSAGES,
        queueing_lock=PRICE_MESSAGES,
    )
    def price_messages(timestamp: int) -> None:
        is_whole = timestamp // MINUTES % MINUTES == 0
        age = LONG + held if is_whole else LATELY
        try:
            messages.price(age)
            messages.take_back(age)
        except OperatorError as error:
            log.warning("messages could not be priced: %s", error)
