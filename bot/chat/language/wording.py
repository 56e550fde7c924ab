"""What an operator decides about languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.environment import Reader
from bot.languages.names import ENGLISH, LANGUAGES, LANGUAGES_HINT

if TYPE_CHECKING:
    from bot.languages.pofiles import Said

# More would hide the rest of what is wrong with the settings.
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Wording:
    """In which language strangers are answered, and what is said otherwise than by us.

    `discloses`: the first answer in a chat says that it is from an automatic assistant.
    """

    default: str = ENGLISH
    changed: Mapping[str, "Said"] = field(default_factory=dict, repr=False)
    discloses: bool = False


def read_wording(read: Reader) -> Wording:
    """Return what is set; what is wrong is collected by the reader."""
    default = read.text("DEFAULT_LANGUAGE", "|".join(LANGUAGES), LANGUAGES_HINT)
    disclosed = read.text("DISCLOSE_ASSISTANT", "off|first", "off or first")
    changed = _read_changed(read, "SENTENCES_FOLDER")
    return Wording(default or ENGLISH, changed, disclosed == "first")


def _read_changed(read: Reader, name: str) -> "Mapping[str, Said]":
    folder = read.text(name)
    if folder is None:
        return {}
    from bot.languages.pofiles import read_changes  # noqa: PLC0415  (Babel is large)

    changed, problems = read_changes(Path(folder))
    if problems:
        more = len(problems) - MOST_SHOWN
        shown = [*problems[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        read.problems[name] = "; ".join(shown)
    return changed
