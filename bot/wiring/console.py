"""What the console consists of."""

# ruff: noqa: PLC0415

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.settings import ConsoleParts, Settings
from db import __version__, schema
from db.database import Database
from db.pool import Limits

if TYPE_CHECKING:
    from flask import Flask

    from bot.console.parts import Piece

# In the menu's order.
AREAS = ("inbox", "chat", "people", "knowledge", "numbers", "settings", "login")
# A page asks for several things at once; the webhook's connections are not touched.
LIMITS = Limits(connections=8, statement_seconds=10)


def build_console(settings: Settings) -> "Flask":
    """Return the console's application. Raises SettingsError."""
    from bot.console.app import build_console_app
    from bot.console.login.routes import find_operator
    from bot.console.parts import Console
    from bot.serving.health import health_routes

    parts = settings.parts(ConsoleParts)
    database = Database(parts.database_url, LIMITS)
    console = Console(
        database=database,
        secret_key=parts.console_secret_key,
        origin=settings.console_url,
        timezone=settings.policy.timezone,
        templates=settings.console_templates,
        handoff_lasts=settings.handoff.lasts,
    )
    about = f"bot {__version__}, migration {schema.head()}"
    health = health_routes(
        lambda: schema.find_fault(database), about, settings.metrics_token
    )
    return build_console_app(console, _pieces(), find_operator, health)


def _pieces() -> "list[Piece]":
    areas = [area for area in AREAS if find_spec(f"bot.console.{area}")]
    return [import_module(f"bot.console.{area}.routes").piece() for area in areas]
