"""The `bot` command and its groups; each module adds its own to the root."""

from bot.cli import backups, chats, db, restore, retention, stats, users
from bot.cli.knowledge import products
from bot.cli.root import main

__all__ = [
    "backups",
    "chats",
    "db",
    "main",
    "products",
    "restore",
    "retention",
    "stats",
    "users",
]
