"""What an operator decided about answers from the business's knowledge."""

from dataclasses import dataclass

from bot.environment import Reader

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


def read_sources(read: Reader) -> SourcePolicy:
    """Return what is set; what is wrong is collected by the reader."""
    shown = read.text("KNOWLEDGE_SOURCES", "|".join(SHOWN), " or ".join(SHOWN))
    quotes = read.text("KNOWLEDGE_QUOTE_UNCITED", "on|off", "on or off")
    return SourcePolicy(shown=shown or SHOWN[0], quotes_uncited=quotes == "on")
