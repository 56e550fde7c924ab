"""What writes down, every minute, what the messages that were sent cost."""

from datetime import timedelta

from procrastinate import App

from bot.worker.scheduled import upkeep
from db.money.messages import Messages
from db.queue.jobs import PRICE_MESSAGES

PRICE_CRON = "* * * * *"
# Once an hour all is looked at that a stopped worker may have left, or that was held.
LATELY, LONG = timedelta(hours=1), timedelta(days=7)
MINUTES = 60


def register_messages(
    queue: App, messages: Messages, held: timedelta = timedelta()
) -> None:
    """Register it; `held` is how long a message may wait for its user to write."""

    @upkeep(queue, PRICE_MESSAGES, PRICE_CRON, "messages could not be priced")
    def price_messages(due: int) -> None:
        is_whole = due // MINUTES % MINUTES == 0
        age = LONG + held if is_whole else LATELY
        messages.price(age)
        messages.take_back(age)
