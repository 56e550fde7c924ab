"""What the console may show of the settings that its own process has."""

# ruff: noqa: PLC0415

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.console.settings.seen import SeenSetting


def see_settings() -> "list[SeenSetting]":
    """Return each setting, set or not; nothing that may be a secret.

    For a process that has started: its settings were read without a problem.
    """
    from bot.console.settings.seen import see
    from bot.environment import PROJECT, Reader, load_environment
    from bot.readers import read_all

    environment = load_environment(os.environ, PROJECT / ".env")
    reader = Reader(environment)
    read_all(reader)
    return see(reader.asked, environment)
