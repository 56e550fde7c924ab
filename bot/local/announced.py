"""What `bot run` provides, for commands beside it that answer as its worker does."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from bot.environment import PROJECT, load_environment
from bot.settings import Settings
from db.files import write_whole

# In the data's folder, while a run provides it: it has keys of servers on this machine.
ANNOUNCED = "run-provides.json"
# A command sends nothing, and finds the database by itself.
NOT_TOLD = ("TWILIO_", "DATABASE_URL")


def announce(
    folder: Path, given: Mapping[str, str], environment: Mapping[str, str]
) -> None:
    """Keep what a run's processes get beside what was given. Raises OSError."""
    provided = {
        name: value
        for name, value in environment.items()
        if given.get(name) != value and not name.startswith(NOT_TOLD)
    }
    write_whole(folder / ANNOUNCED, json.dumps(provided))


def read_settings_beside(settings: Settings) -> Settings:
    """Return the settings with what a run provides, where no LLM is set.

    What one that was killed told leads nowhere.
    """
    if settings.llm is not None:
        return settings
    try:
        provided = json.loads((settings.data_folder / ANNOUNCED).read_text())
    except FileNotFoundError:
        return settings
    given = load_environment(os.environ, PROJECT / ".env")
    return Settings.from_env({**given, **provided})
