"""What sends broadcasts."""

# ruff: noqa: PLC0415

from functools import partial
from threading import Event
from typing import TYPE_CHECKING
from uuid import UUID

from bot.settings import Settings, WorkerParts
from bot.wiring.money.metering import build_messages
from db.database import Database

if TYPE_CHECKING:
    from procrastinate import App

    from bot.broadcasts.sending import Broadcasting

# Of a worker: it waits most of the time.
BROADCASTS_AT_ONCE = 1


def register_broadcasts(
    queue: "App",
    settings: Settings,
    parts: WorkerParts,
    database: Database,
    stopping: Event,
) -> None:
    """Register what gives people their turns."""
    from bot.worker.broadcasts.jobs import register_broadcasts as register

    register(queue, build_broadcasting(settings, parts, database, stopping))


def build_broadcasting(
    settings: Settings, parts: WorkerParts, database: Database, stopping: Event
) -> "Broadcasting":
    """Return what gives people their turns."""
    from bot.broadcasts.sending import Broadcasting
    from bot.relay.troubles import Troubles
    from bot.whatsapp.templates.content import find_template
    from db.delivery.pausing import Pauses

    troubles = Troubles(database, settings.alert_roads)

    pauses = Pauses(database)

    def is_stopped() -> bool:
        return settings.allowance.is_paused or pauses.is_paused()

    def tell(trouble_id: UUID, text: str, is_last: bool) -> bool:
        return troubles.tell_text(trouble_id, text, is_last=is_last)

    return Broadcasting(
        database=database,
        policy=settings.broadcasts,
        find_template=partial(find_template, parts.twilio),
        messages=build_messages(settings.money, database),
        limits=settings.money.limits,
        tell=tell,
        stopping=stopping,
        is_stopped=is_stopped,
    )
