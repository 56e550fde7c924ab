"""Whether a call may begin: what its tool declares, before anything takes effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Protocol
from unicodedata import category, normalize

from bot.tools import words
from bot.tools.protocol import Approval, ToolSpec
from db.records import CallState

# From the least to the most: where it can't be told what is acted on, the most holds.
STRICTER: Sequence[Approval] = ("always", "customer", "operator", "never")


def allowed_by(spec: ToolSpec) -> frozenset[Approval]:
    """Return all who may have to allow calls of a tool, by what they act on."""
    return frozenset((spec.approval, *spec.approvals.values()))


def approval_of(spec: ToolSpec, arguments: Mapping[str, Any]) -> Approval:
    """Return who has to allow a call, by the value of what it acts on.

    Case, blanks around and within, and signs that can't be seen make no difference.
    """
    if not spec.approvals:
        return spec.approval
    value = arguments.get(spec.resource or "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return max(allowed_by(spec), key=STRICTER.index)
    told = _plain(str(value))
    fitting = (one for like, one in spec.approvals.items() if _fits(told, like))
    return next(fitting, spec.approval)


def _fits(told: str, like: str) -> bool:
    return fnmatchcase(told, _plain(like).replace("[", "[[]"))


def _plain(value: str) -> str:
    seen = "".join(one for one in value if category(one) != "Cf")
    return "".join(normalize("NFKC", seen).casefold().split())


@dataclass(frozen=True, slots=True)
class Verdict:
    """A new call's state, and what the LLM is told unless it begins."""

    state: CallState
    told: str = ""


class Gate(Protocol):
    """Decides on new calls; those that it lets wait, it has begun in another way."""

    def decide(self, spec: ToolSpec, arguments: Mapping[str, Any]) -> Verdict:
        """Return `intent` where the call begins now, `waiting` or `refused`."""


class ByDeclaration:
    """Lets through what nobody has to allow; there is nobody to ask for the rest."""

    def decide(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Any],
    ) -> Verdict:
        """Return `intent` or `refused`: see Gate."""
        approval = approval_of(spec, arguments)
        if approval == "always":
            return Verdict("intent")
        is_never = approval == "never"
        return Verdict(
            "refused", words.NOT_ALLOWED if is_never else words.NOBODY_ALLOWS
        )
