"""The `bot` command; its processes are in the root, all else in modules of its own.

Each of these adds its commands to the root. They are loaded when one of them is asked
for, or all are listed: no process keeps them in its memory.
"""

from bot.cli.root import main

__all__ = ["MODULES", "main"]

MODULES = (
    "backups", "chats", "db", "restore", "retention", "stats", "users",
    "broadcasts.looking", "broadcasts.opting_in", "broadcasts.starting",
    "evaluation.cases.adding", "evaluation.cases.collecting",
    "evaluation.cases.exporting", "evaluation.cases.looking",
    "evaluation.evaluating.looking",
    "evaluation.proposals.applying", "evaluation.proposals.finding",
    "evaluation.replaying.command", "evaluation.replaying.looking",
    "knowledge.ask", "knowledge.documents", "knowledge.gaps", "knowledge.products",
    "people.audit", "people.operators",
    "support.explaining", "support.owners", "support.pausing", "support.reminders",
    "support.templates", "support.tickets",
    "tools.allowing", "tools.approving", "tools.calling", "tools.looking",
    "tools.servers",
)  # fmt: skip
