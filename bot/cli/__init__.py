"""The `bot` command and its groups; each module adds its own to the root."""

from bot.cli import chats, db, retention, roles, safety, stats, users
from bot.cli.root import main

__all__ = ["chats", "db", "main", "retention", "roles", "safety", "stats", "users"]
