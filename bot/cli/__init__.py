"""The `bot` command and its groups; each module adds its own to the root."""

from bot.cli import backups, chats, db, restore, retention, stats, users
from bot.cli.knowledge import ask, documents, gaps, products
from bot.cli.root import main

__all__ = [
    "ask", "backups", "chats", "db", "documents", "gaps", "main", "products", "restore",
    "retention", "stats", "users",
]  # fmt: skip
