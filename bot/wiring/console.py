"""What the console consists of."""

# ruff: noqa: PLC0415

import os
from typing import TYPE_CHECKING

from bot.languages.shelf import shelf
from bot.settings import ConsoleParts, Settings
from bot.wiring.knowledge import build_knowledge
from db import __version__, schema
from db.database import Database
from db.pool import Limits

if TYPE_CHECKING:
    from flask import Flask

    from bot.console.parts import Piece
    from bot.console.settings.seen import SeenSetting

# A page asks for several things at once; the webhook's connections are not touched.
LIMITS = Limits(connections=8, statement_seconds=10)


def build_console(settings: Settings) -> "Flask":
    """Return the console's application. Raises SettingsError."""
    from bot.console.app import behind_proxies, build_console_app
    from bot.console.login.routes import find_operator
    from bot.console.parts import Console
    from bot.serving.health import health_routes

    parts = settings.parts(ConsoleParts)
    shelf.install(settings.wording.default, settings.wording.changed)
    database = Database(parts.database_url, LIMITS)
    console = Console(
        database=database,
        secret_key=parts.console_secret_key,
        origin=settings.console_url,
        timezone=settings.policy.timezone,
        templates=settings.console_templates,
        holds=settings.holding is not None,
        handoff_lasts=settings.handoff.lasts,
        media_folder=settings.media.folder,
    )
    about = f"bot {__version__}, migration {schema.head()}"
    health = health_routes(
        lambda: schema.find_fault(database), about, settings.metrics_token
    )
    app = build_console_app(console, _pieces(settings), find_operator, health)
    return behind_proxies(app, settings.console_proxies)


def _pieces(settings: Settings) -> "list[Piece]":
    """Return the console's pieces, in the menu's order."""
    from bot.console.chat import routes as chat
    from bot.console.inbox import routes as inbox
    from bot.console.knowledge import routes as knowledge
    from bot.console.knowledge.asking import Finding
    from bot.console.login import routes as login
    from bot.console.numbers import routes as numbers
    from bot.console.people import routes as people
    from bot.console.settings import routes as set_up

    finding = Finding(
        build=lambda database: build_knowledge(settings, database),
        by_meaning=settings.embeddings is not None,
    )
    return [
        inbox.piece(),
        chat.piece(),
        people.piece(),
        knowledge.piece(finding),
        numbers.piece(),
        set_up.piece(see_settings()),
        login.piece(),
    ]


def see_settings() -> "list[SeenSetting]":
    """Return each setting, set or not; nothing that may be a secret.

    For a process that has started: its settings were read without a problem.
    """
    from bot.console.settings.seen import see
    from bot.environment import PROJECT, Reader, load_environment
    from bot.readers import read_all

    environment = load_environment(os.environ, PROJECT / ".env")
    reader = Reader(environment)
    read_all(reader)
    return see(reader.asked, environment)
