"""What says later what was planned."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

from bot.settings import Settings
from db.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from procrastinate import App


def register_reminders(
    queue: "App", settings: Settings, database: Database, stopping: "Callable[[], bool]"
) -> None:
    """Register what says it: also what was planned before the settings changed."""
    from bot.worker.acting.saying import register_saying, tell
    from db.delivery.pausing import Pauses
    from db.support.saying import Saying

    pauses, is_paused = Pauses(database), settings.allowance.is_paused
    saying = Saying(
        told=tell,
        rests_until=settings.policy.reminders.quiet.end_after,
        holds=settings.holding is not None,
    )
    register_saying(
        queue, database, saying, lambda: is_paused or pauses.is_paused(), stopping
    )
