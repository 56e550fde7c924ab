"""The web process, wired here and nowhere else."""

from collections.abc import Callable
from typing import cast

from flask import Flask

from bot.health import health_routes
from bot.observability import configure_logging
from bot.settings import Settings, TwilioSettings
from bot.whatsapp.signature import SignatureChecker
from bot.whatsapp.webhook import LARGEST_BODY, Webhooks
from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from db.in_memory import MemoryChatStore
from db.outbox import PostgresOutbox
from db.pool import Limits
from db.queue.wake_ups import WakeUps

# Twilio waits for 15 s:
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
INLINE_SECONDS = 12.0

FindFault = Callable[[], str | None]


def create_app(settings: Settings | None = None) -> Flask:
    """Return the web application. Raises SettingsError."""
    settings = settings or Settings.from_env()
    configure_logging(settings.log_level)
    in_memory = settings.storage_backend == "memory"
    webhooks, find_fault = (_in_memory if in_memory else _on_database)(settings)
    app = Flask("bot")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.register_blueprint(webhooks.blueprint())
    app.register_blueprint(health_routes(find_fault))
    return app


def _on_database(settings: Settings) -> tuple[Webhooks, FindFault]:
    settings.require("database", "twilio")
    limits = Limits(connections=settings.web_threads)
    url = settings.database_url or ""
    database = Database(url, limits)
    wake_workers = WakeUps(url).ring
    webhooks = Webhooks(
        checker=_build_checker(settings),
        account_sid=cast(TwilioSettings, settings.twilio).account_sid,
        store=PostgresChatStore(database, settings.session_timeout, wake_workers),
        outbox=PostgresOutbox(database),
    )
    return webhooks, lambda: schema.find_fault(database)


def _in_memory(settings: Settings) -> tuple[Webhooks, FindFault]:
    # What only answers need is loaded only where the web process answers.
    from bot.inline import InlineAnswers  # noqa: PLC0415
    from bot.wiring import build_talk  # noqa: PLC0415

    settings.require("twilio", "llm")
    store = MemoryChatStore(settings.session_timeout)
    webhooks = Webhooks(
        checker=_build_checker(settings),
        account_sid=cast(TwilioSettings, settings.twilio).account_sid,
        store=store,
        answer_now=InlineAnswers(build_talk(settings, store), INLINE_SECONDS),
    )
    return webhooks, lambda: None


def _build_checker(settings: Settings) -> SignatureChecker:
    tokens = cast(TwilioSettings, settings.twilio).auth_tokens
    return SignatureChecker(tokens, settings.public_base_url)
