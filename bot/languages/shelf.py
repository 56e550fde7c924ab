"""The catalogues that sentences come from: ours, under what an operator changed.

They are read when a language is spoken first, and kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from gettext import NullTranslations
from threading import Lock
from typing import TYPE_CHECKING

from bot.languages.names import ENGLISH, find_language

if TYPE_CHECKING:
    from bot.languages.pofiles import Said


@dataclass(slots=True)
class Shelf:
    """The languages of a process. `default` is for whom none is known.

    `changed` is what an operator says otherwise, by language.
    """

    default: str = ENGLISH
    changed: Mapping[str, "Said"] = field(default_factory=dict)
    _read: dict[str, NullTranslations] = field(default_factory=dict)
    _reading: Lock = field(default_factory=Lock)

    def install(self, default: str, changed: Mapping[str, "Said"]) -> None:
        """Speak as an operator decided: once, before anybody speaks."""
        with self._reading:
            self.default, self.changed = default, changed
            self._read.clear()

    def find(self, language: str | None) -> str:
        """Return the code of a language of ours, the default where it is none."""
        return find_language(language) or self.default

    def translations(self, code: str) -> NullTranslations:
        """Return the sentences of a language of ours. Safe in many threads."""
        known = self._read.get(code)
        if known is None:
            with self._reading:
                known = self._read.get(code) or self._compile(code)
                self._read[code] = known
        return known

    def _compile(self, code: str) -> NullTranslations:
        changed = self.changed.get(code, {})
        if code == ENGLISH and not changed:
            return NullTranslations()
        from bot.languages.pofiles import compile_language  # noqa: PLC0415 (Babel)

        return compile_language(code, changed)


shelf = Shelf()
