"""The `bot` command and its groups; each module adds its own to the root."""

from bot.cli import backups, chats, db, restore, retention, stats, users
from bot.cli.knowledge import ask, documents, gaps, products
from bot.cli.people import audit, operators
from bot.cli.root import main
from bot.cli.support import owners, pausing, templates, tickets

__all__ = [
    "ask", "audit", "backups", "chats", "db", "documents", "gaps", "main", "operators",
    "owners", "pausing", "products", "restore", "retention", "stats", "templates",
    "tickets", "users",
]  # fmt: skip
