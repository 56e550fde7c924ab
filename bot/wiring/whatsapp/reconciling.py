"""What Twilio is asked for: messages that never came, and those that went past us."""

# ruff: noqa: PLC0415

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.settings import Settings, TwilioParts
from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.tombstones import find_key, was_erased
from db.records import InboundMessage

if TYPE_CHECKING:
    from procrastinate import App

    from bot.whatsapp.reconciliation import Reconciliation
    from bot.whatsapp.twilio import TwilioClient


def register_reconciling(
    queue: "App", settings: Settings, database: Database, twilio: "TwilioClient"
) -> None:
    """Register what asks Twilio for what never came here, and what went past us."""
    from bot.whatsapp.elsewhere.noticing import Noticing
    from bot.worker.scheduled import register_noticing, register_reconciliation

    register_reconciliation(queue, build_reconciliation(settings, database, twilio))
    if settings.handoff.elsewhere:
        account = settings.parts(TwilioParts).twilio
        store = PostgresChatStore(database, settings.session_timeout)
        noticing = Noticing(
            account,
            database,
            lasts=settings.handoff.lasts,
            was_erased=_erased_of(settings, database),
            first_start=store.read_first_start,
        )
        register_noticing(queue, noticing)


def build_reconciliation(
    settings: Settings, database: Database, twilio: "TwilioClient"
) -> "Reconciliation":
    """Return the comparison of what Twilio received with what was taken in."""
    from bot.whatsapp.reconciliation import Reconciliation
    from db.outbox import PostgresOutbox

    return Reconciliation(
        PostgresChatStore(database, settings.session_timeout),
        PostgresOutbox(database),
        twilio,
        partial(_was_erased, settings, database),
    )


def _was_erased(
    settings: Settings, database: Database, message: InboundMessage
) -> bool:
    """Tell whether a message's sender was erased after sending it."""
    addresses = [a for a in (message.address, message.other_address) if a]
    return _erased(settings, database, addresses, message.turn.timestamp)


def _erased_of(
    settings: Settings, database: Database
) -> Callable[[str, datetime], bool]:
    """Return what tells whether who has an address was erased after a time."""
    return lambda address, since: _erased(settings, database, [address], since)


def _erased(
    settings: Settings, database: Database, addresses: Sequence[str], since: datetime
) -> bool:
    key = find_key(settings.erasure_key, settings.data_folder)
    return key is not None and was_erased(database, key, addresses, since)
