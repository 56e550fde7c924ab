"""What gives people their turns in a broadcast: once a minute, and when one starts."""

from procrastinate import App

from bot.broadcasts.sending import Broadcasting
from bot.worker.scheduled import upkeep
from db.queue.jobs import BROADCASTS, SEND_BROADCASTS

BROADCAST_CRON = "* * * * *"


def register_broadcasts(queue: App, broadcasting: Broadcasting) -> None:
    """Register it."""

    @upkeep(queue, SEND_BROADCASTS, BROADCAST_CRON, "broadcasts wait", of=BROADCASTS)
    def send_broadcasts(_due: int) -> None:
        broadcasting.run()
