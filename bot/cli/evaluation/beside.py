"""The settings that answers are made by: a run's on this machine, if there is one."""

# ruff: noqa: PLC0415

import os
from typing import TYPE_CHECKING

from bot.cli.database import read_settings

if TYPE_CHECKING:
    from bot.settings import Settings

NO_LLM = (
    "no LLM is configured, and no `bot run` is at work here: set OPENAI_API_KEY, or "
    "OPENAI_BASE_URL"
)


def read_settings_beside_run() -> "Settings":
    """Return the settings; without an LLM, with what `bot run` provides beside us."""
    from bot.environment import PROJECT, load_environment
    from bot.local.announcing import find_announced
    from bot.settings import Settings

    settings = read_settings()
    if settings.llm is not None:
        return settings
    given = load_environment(os.environ, PROJECT / ".env")
    return Settings.from_env({**given, **find_announced(settings.data_folder)})
