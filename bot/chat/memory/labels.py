"""What a chat is labelled with: words from closed lists, nothing that a user wrote."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

INTENTS = (
    "question", "order", "booking", "change or cancel", "complaint", "support",
    "feedback", "greeting", "other",
)  # fmt: skip
SENTIMENTS = ("positive", "neutral", "negative", "mixed")
LANGUAGE = re.compile("[a-z]{2,3}")
MOST_TAGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a talk is about, and how it stands; None: not told, or not understood."""

    tags: tuple[str, ...] = ()
    intent: str | None = None
    sentiment: str | None = None
    language: str | None = None
    resolved: bool | None = None

    def to_metadata(self) -> dict[str, object]:
        """Return what is known, by the names in `userchats.metadata`."""
        known: dict[str, object | None] = {
            "tags": list(self.tags) or None,
            "detected_intent": self.intent,
            "sentiment": self.sentiment,
            "language": self.language,
            "resolved": self.resolved,
        }
        return {name: value for name, value in known.items() if value is not None}


def read_labels(given: object, topics: Collection[str]) -> Labels:
    """Return what is one of our words in what the LLM wrote."""
    found: Mapping[object, object] = given if isinstance(given, dict) else {}
    language = found.get("language")
    is_code = isinstance(language, str) and LANGUAGE.fullmatch(language.lower())
    resolved = found.get("resolved")
    return Labels(
        tags=_read_tags(found.get("topics"), topics),
        intent=_read_word(found.get("intent"), INTENTS),
        sentiment=_read_word(found.get("sentiment"), SENTIMENTS),
        language=str(language).lower() if is_code else None,
        resolved=resolved if isinstance(resolved, bool) else None,
    )


def _read_word(given: object, known: Collection[str]) -> str | None:
    word = given.strip().lower() if isinstance(given, str) else None
    return word if word in known else None


def _read_tags(given: object, topics: Collection[str]) -> tuple[str, ...]:
    listed = given if isinstance(given, list) else [given]
    words = (_read_word(each, topics) for each in listed)
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_TAGS]
