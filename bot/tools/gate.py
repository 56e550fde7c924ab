"""Whether a call may begin: what its tool declares, before anything takes effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.tools import words
from bot.tools.protocol import Caller, ToolSpec
from db.records import CallState


@dataclass(frozen=True, slots=True)
class Verdict:
    """A new call's state, and what the LLM is told unless it begins."""

    state: CallState
    told: str = ""


class Gate(Protocol):
    """Decides on new calls; those that it lets wait, it has begun in another way."""

    def decide(
        self, spec: ToolSpec, arguments: Mapping[str, Any], caller: Caller
    ) -> Verdict:
        """Return `intent` where the call begins now, `waiting` or `refused`."""


class ByDeclaration:
    """Lets through what nobody has to allow; there is nobody to ask for the rest."""

    def decide(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Any],  # noqa: ARG002  (others decide by them)
        caller: Caller,  # noqa: ARG002  (the same)
    ) -> Verdict:
        """Return `intent` or `refused`: see Gate."""
        if spec.approval == "always":
            return Verdict("intent")
        is_never = spec.approval == "never"
        return Verdict(
            "refused", words.NOT_ALLOWED if is_never else words.NOBODY_ALLOWS
        )
