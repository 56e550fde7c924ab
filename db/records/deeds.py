"""What a reply does to the database beside being stored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

# A closed set: what each does stands in db/delivery/deeds.py.
DeedKind = Literal[
    "cancel_reminder",
    "erase_user",
    "follow_up",
    "forget_facts",
    "judge",
    "keep_lead",
    "set_preferences",
    "tie_calls",
]
DEED_KINDS: tuple[DeedKind, ...] = get_args(DeedKind)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is written with a reply, in its statement: both, or neither.

    A reply has one of each kind at most. `values` are JSON; what they mean is the
    kind's, and whose row it is the chat's user.
    """

    kind: DeedKind
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def forgotten_facts(self) -> Collection[object]:
        """The ids of the facts that it has forgotten."""
        ids = self.values.get("ids") if self.kind == "forget_facts" else ()
        return ids if isinstance(ids, list) else ()
