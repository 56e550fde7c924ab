"""What was to be said later is said within a minute after it is due."""

import logging
from collections.abc import Callable

from procrastinate import App

from bot.chat.reminders.sentences import FOLLOW_UP, REMINDER
from bot.chat.sources.plain import plain_line
from bot.languages.calling_codes import language_of_number
from bot.languages.speaking import speak
from bot.worker.scheduled import upkeep
from db.database import Database
from db.queue.jobs import SAY_SCHEDULED
from db.records import ScheduledKind
from db.support.saying import Saying, say_due

log = logging.getLogger(__name__)

SAY_CRON = "* * * * *"


def tell(
    kind: ScheduledKind, text: str, language: str | None, address: str | None
) -> str:
    """Return what is sent: in the user's language, else as their number has it.

    The text is on one line: it can't pretend to be more than a reminder.
    """
    code = language or (language_of_number(address) if address else None)
    if kind == "follow_up":
        return speak(code, FOLLOW_UP)
    return speak(code, REMINDER, text=plain_line(text))


def register_saying(
    queue: App,
    database: Database,
    saying: Saying,
    is_paused: Callable[[], bool],
    stopping: Callable[[], bool],
) -> None:
    """Register what says it; while the bot is paused, it all waits."""

    @upkeep(queue, SAY_SCHEDULED, SAY_CRON, "what is to be said now could not be")
    def say_scheduled(_due: int) -> None:
        done = {} if is_paused() else say_due(database, saying, stopping)
        if done.get("dropped"):
            log.error("reminders could not be said: :reminders in psql", extra=done)
        elif done:
            log.info("what was to be said later is", extra=done)
