"""All tools, from whichever origin, under one roof."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bot.tools.protocol import Caller, Toolbox, ToolFailedError, ToolSpec

log = logging.getLogger(__name__)

# More would fill a prompt; LLMs choose badly among many.
MOST_TOOLS = 64


class Registry:
    """A toolbox of toolboxes: of two tools of one name, the first one counts."""

    def __init__(self, boxes: Sequence[Toolbox]) -> None:
        self._boxes = tuple(boxes)
        self._told: set[str] = set()

    def offered(self) -> Sequence[ToolSpec]:
        """Return what can be called now, in the boxes' order; see Toolbox."""
        return [spec for spec, _ in self._found().values()]

    def find_spec(self, name: str) -> ToolSpec | None:
        """Return what is offered by that name, else what the first box knows of it."""
        if found := self._found().get(name):
            return found[0]
        known = (box.find_spec(name) for box in self._boxes)
        return next((spec for spec in known if spec), None)

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        caller: Caller,
        key: UUID,
        seconds: float,
    ) -> str:
        """Call a tool of one of the boxes: see Toolbox."""
        found = self._found().get(name)
        if found is None:
            raise ToolFailedError(f"there is no tool {name!r} now")
        return found[1].call(name, arguments, caller, key, seconds)

    def _found(self) -> dict[str, tuple[ToolSpec, Toolbox]]:
        found: dict[str, tuple[ToolSpec, Toolbox]] = {}
        for box in self._boxes:
            for spec in box.offered():
                if spec.name in found or len(found) >= MOST_TOOLS:
                    self._leave_out(spec)
                else:
                    found[spec.name] = (spec, box)
        return found

    def _leave_out(self, spec: ToolSpec) -> None:
        if spec.name not in self._told and len(self._told) < MOST_TOOLS:
            self._told.add(spec.name)
            log.warning(
                "the tool %s of %s is not offered: its name is taken, or there are %d"
                " tools already",
                spec.name,
                spec.source,
                MOST_TOOLS,
            )
