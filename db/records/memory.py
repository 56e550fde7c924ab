"""What is remembered of a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FactKind = Literal["person", "preference", "plan", "purchase", "other"]
FACT_KINDS: tuple[FactKind, ...] = (
    "person",
    "preference",
    "plan",
    "purchase",
    "other",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that a user said of themselves, in the message that is named."""

    text: str
    kind: FactKind
    message_sid: str
    told_at: datetime
    fact_id: int | None = None
    valid_until: datetime | None = None
