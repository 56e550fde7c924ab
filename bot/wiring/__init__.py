"""The one place where processes are put together.

Each process loads only what it needs: what only one of them does is imported inside
the function that builds it.
"""

from bot.wiring.broadcasts.sending import BROADCASTS_AT_ONCE
from bot.wiring.console import build_console
from bot.wiring.knowledge import DOCUMENTS_AT_ONCE, build_knowledge
from bot.wiring.looks import ONE_LOOK, with_database
from bot.wiring.memory import SUMMARIES_AT_ONCE
from bot.wiring.talk import build_talk
from bot.wiring.web import build_web
from bot.wiring.whatsapp.reconciling import build_reconciliation
from bot.wiring.worker import build_worker

__all__ = [
    "BROADCASTS_AT_ONCE",
    "DOCUMENTS_AT_ONCE",
    "ONE_LOOK",
    "SUMMARIES_AT_ONCE",
    "build_console",
    "build_knowledge",
    "build_reconciliation",
    "build_talk",
    "build_web",
    "build_worker",
    "with_database",
]
