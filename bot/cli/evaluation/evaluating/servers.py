"""Who answers, and from which folder, where nothing is set: what `bot run` provides."""

from pathlib import Path

from bot.cli.evaluation.beside import NO_LLM
from bot.llm.account import LLMServer
from bot.local import demo_business
from bot.settings import Settings
from db.database import Database
from db.errors import OperatorError


def find_server(settings: Settings) -> LLMServer:
    """Return the LLM's server. Raises OperatorError where there is none."""
    if settings.llm is None:
        raise OperatorError(NO_LLM)
    return settings.llm


def find_folder(database: Database) -> Path | None:
    """Return the cases of the demo business, as long as the bot knows it."""
    is_known = database.scalar(demo_business.IS_KNOWN)
    return demo_business.FOLDER / "cases" if is_known else None
