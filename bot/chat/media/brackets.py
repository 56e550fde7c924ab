"""What stands between brackets is ours: others' words neither end nor open any."""

import re

DEFUSED = str.maketrans(
    {
        **dict.fromkeys("[\u3010\u3014\uff3b\u27e6", "("),
        **dict.fromkeys("]\u3011\u3015\uff3d\u27e7", ")"),
        "<": "\u2039",
        ">": "\u203a",
        '"': "'",
    }
)
# How ours begin, for the LLM: see both sentences.py, and bot/chat/pictures/words.py.
OURS = re.compile(
    r"[\[\u3010\u3014\uff3b\u27e6](?=[\s*_`~]*"
    r"(?:(?:what )?the user\b|a person of the team\b|(?:the )?picture\b))",
    re.IGNORECASE,
)


def in_line(text: str) -> str:
    """Return what others wrote as one line that no bracket or quote of ours ends."""
    return " ".join(text.split()).translate(DEFUSED)


def unforged(text: str) -> str:
    """Return what a user wrote, without brackets that begin as ours do."""
    return OURS.sub("(", text)
