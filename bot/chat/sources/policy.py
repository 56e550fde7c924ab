"""What an operator decided about answers from the business's knowledge."""

from dataclasses import dataclass

SHOWN = ("names", "links", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePolicy:
    """How an answer treats what it stands on.

    `shown`, one of SHOWN: the sources' names stand under it, their links, too, or
    nothing. `quotes_uncited`: what cites nothing gives way to the best passage's own
    words, for models that never cite; what was found with less than `quoted_confidence`
    is not known then.
    """

    shown: str = "names"
    quotes_uncited: bool = False
    quoted_confidence: float = 0.25
