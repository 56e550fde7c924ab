"""How people want to be answered: what can be set, told once.

The database checks the same: user_preferences_preferences_check. A new one, or a new
value, needs a migration.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preference:
    """Something that a person can set.

    `choices` are its values; the first holds where none is set. Without any, what
    matches the `pattern` is one.
    """

    name: str
    choices: tuple[str, ...] = ()
    pattern: str = ""

    def allows(self, value: object) -> bool:
        """Tell whether it can be set to this."""
        if not isinstance(value, str):
            return False
        if self.choices:
            return value in self.choices
        return re.fullmatch(self.pattern, value) is not None


SCHEMA = (
    Preference("length", ("normal", "short", "long")),
    Preference("answers", ("text", "voice")),
    Preference("alerts", ("on", "off")),
    Preference("language", pattern="[a-z]{2,3}(-[A-Za-z]{2,4})?"),
)
BY_NAME = {kind.name: kind for kind in SCHEMA}


def read_preferences(stored: object) -> dict[str, str]:
    """Return those that can be set: others may stand there by hand."""
    found: Mapping[str, str] = stored if isinstance(stored, dict) else {}
    return {
        name: value
        for name, value in found.items()
        if name in BY_NAME and BY_NAME[name].allows(value)
    }
