"""The `bot` command and its groups; each module adds its own to the root."""

from bot.cli import backups, chats, db, restore, retention, stats, users
from bot.cli.broadcasts import looking as broadcasts
from bot.cli.broadcasts import opting_in, starting
from bot.cli.evaluation.cases import adding as cases
from bot.cli.evaluation.cases import collecting, exporting
from bot.cli.evaluation.cases import looking as kept_cases
from bot.cli.evaluation.evaluating import looking as evaluations
from bot.cli.evaluation.proposals import applying, finding
from bot.cli.evaluation.replaying import command as replaying
from bot.cli.evaluation.replaying import looking as replays
from bot.cli.knowledge import ask, documents, gaps, products
from bot.cli.people import audit, operators
from bot.cli.root import main
from bot.cli.support import (
    explaining,
    owners,
    pausing,
    reminders,
    templates,
    tickets,
)
from bot.cli.tools import allowing, approving, calling, looking, servers

__all__ = [
    "allowing", "applying", "approving", "ask", "audit", "backups", "broadcasts",
    "calling", "cases", "chats", "collecting", "db", "documents", "evaluations",
    "explaining", "exporting", "finding", "gaps", "kept_cases", "looking", "main",
    "operators", "opting_in", "owners", "pausing", "products", "reminders", "replaying",
    "replays", "restore", "retention", "servers", "starting", "stats", "templates",
    "tickets", "users",
]  # fmt: skip
