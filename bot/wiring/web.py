"""What the web process consists of."""

# ruff: noqa: PLC0415

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.settings import InlineParts, Settings, WebParts
from bot.whatsapp.paths import INBOUND_PATH
from bot.wiring.media_out import build_media_routes
from db import __version__, schema
from db.chats import PostgresChatStore
from db.database import Database
from db.pool import Limits
from db.records import Reply

if TYPE_CHECKING:
    from flask import Flask

    from bot.whatsapp.account import TwilioAccount
    from bot.whatsapp.webhook import Webhooks
    from db.outbox import PostgresOutbox
    from db.store import ChatStore

# Twilio waits for 15 s:
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
INLINE_SECONDS = 12.0


def build_web(settings: Settings) -> "Flask":
    """Return the web application. Raises SettingsError."""
    return (_build_inline if settings.in_memory else _build_web)(settings)


def _build_web(settings: Settings) -> "Flask":
    from bot.serving.permits import give_permit
    from bot.serving.webhook_app import build_app
    from db.outbox import PostgresOutbox
    from db.queue.wake_ups import WakeUps

    parts = settings.parts(WebParts)
    limits = Limits(connections=settings.web_threads, plans_once=True)
    database = Database(parts.database_url, limits)
    wake_workers = WakeUps(parts.database_url).ring
    webhooks = _build_webhooks(
        settings,
        parts.twilio,
        store=PostgresChatStore(database, settings.session_timeout, wake_workers),
        outbox=PostgresOutbox(database, settings.holding, aside=give_permit),
    )
    app = build_app(
        webhooks,
        lambda: schema.find_fault(database),
        _about(schema.head()),
        settings.metrics_token,
        settings.public_base_url + INBOUND_PATH,
    )
    app.register_blueprint(build_media_routes(settings, parts.twilio, database))
    return app


def _build_inline(settings: Settings) -> "Flask":
    from bot.serving.webhook_app import build_app
    from bot.wiring.money.metering import build_llm
    from bot.wiring.talk import build_talk
    from bot.worker.inline import InlineAnswers
    from db.in_memory import MemoryChatStore

    parts = settings.parts(InlineParts)
    store = MemoryChatStore(settings.session_timeout)
    llm = build_llm(parts.llm)
    talk = replace(build_talk(settings, llm, store), counts=store)
    webhooks = _build_webhooks(
        settings,
        parts.twilio,
        store=store,
        answer_now=InlineAnswers(talk, INLINE_SECONDS),
    )
    return build_app(
        webhooks,
        lambda: None,
        _about("none"),
        settings.metrics_token,
        settings.public_base_url + INBOUND_PATH,
    )


def _build_webhooks(
    settings: Settings,
    twilio: "TwilioAccount",
    store: "ChatStore",
    outbox: "PostgresOutbox | None" = None,
    answer_now: "Callable[[str], Sequence[Reply]] | None" = None,
) -> "Webhooks":
    from bot.whatsapp.signature import SignatureChecker
    from bot.whatsapp.webhook import Webhooks

    return Webhooks(
        checker=SignatureChecker(
            twilio.auth_tokens, settings.public_base_url, twilio.shared_keys
        ),
        account_sid=twilio.account_sid,
        our_number=twilio.whatsapp_number,
        messaging_service_sid=twilio.messaging_service_sid,
        store=store,
        outbox=outbox,
        answer_now=answer_now,
    )


def _about(migration: str) -> str:
    return f"bot {__version__}, migration {migration}"
