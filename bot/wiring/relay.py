"""What operators are told on WhatsApp and beside it, and how they answer there."""

# ruff: noqa: PLC0415

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.settings import Settings
from db.database import Database

if TYPE_CHECKING:
    from procrastinate import App

    from bot.chat.talk import Talk
    from bot.relay.media import FetchNow


def with_desk(
    talk: "Talk", database: Database, fetch: "FetchNow", *, holds: bool = False
) -> "Talk":
    """Return the talk that passes on what operators write to their customers.

    `holds`: outside the service window that waits until they write.
    """
    from bot.relay.desk import Desk

    lasts = talk.handoff.lasts if talk.handoff else None
    desk = Desk(database, lasts, fetch, talk.policies, holds=holds)
    return replace(talk, relay=desk.take)


def register_relay(
    queue: "App", settings: Settings, database: Database, fetch: "FetchNow"
) -> None:
    """Register what tells operators who waits for them."""
    from bot.relay.alerts import Alerts
    from bot.relay.announcing import Announcing
    from bot.relay.troubles import Troubles
    from bot.worker.alerts import register_alerts

    roads = settings.alert_roads
    register_alerts(
        queue,
        Alerts(database, roads, fetch),
        Announcing(database, roads),
        Troubles(database, roads),
    )
