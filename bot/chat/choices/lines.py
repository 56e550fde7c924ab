"""Choices as people and the LLM read them under what a turn says."""

from bot.chat.choices import sentences
from db.records import Turn


def numbered(titles: tuple[str, ...]) -> str:
    """Return choices as lines, by whose numbers they are chosen.

    Choices that are numbers themselves have none: which one would be meant?
    """
    if any(title.isdecimal() for title in titles):
        return "\n".join(f"\u2022 {title}" for title in titles)
    return "\n".join(f"{at}. {title}" for at, title in enumerate(titles, 1))


def without_lines(turn: Turn) -> str:
    """Return what a turn says above the lines of its choices."""
    return turn.content.removesuffix(numbered(turn.choices)).rstrip()


def as_written(turn: Turn, said: str) -> str:
    """Return what a turn says as the LLM is to write it: with a marker for choices."""
    if not turn.choices:
        return said
    above = said.removesuffix(numbered(turn.choices)).rstrip()
    marker = sentences.OFFERED.format(sentences.BETWEEN.join(turn.choices))
    return f"{above}\n{marker}".strip()
