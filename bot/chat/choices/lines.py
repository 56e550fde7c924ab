"""Choices as people and the LLM read them under what a turn says."""

from bot.chat.choices import sentences
from db.records import Turn

# How a turn asks about a call of a tool, and what its two choices carry behind that.
CALL, YES_OR_NO = "call:", ("yes", "no")


def numbered(titles: tuple[str, ...]) -> str:
    """Return choices as lines, by whose numbers they are chosen; see have_numbers()."""
    if not have_numbers(titles):
        return "\n".join(f"\u2022 {title}" for title in titles)
    return "\n".join(f"{at}. {title}" for at, title in enumerate(titles, 1))


def have_numbers(titles: tuple[str, ...]) -> bool:
    """Tell whether choices are shown with numbers, and chosen by them.

    Those with a digit in them are not: of "2 people" and "4 people", who types 2 may
    mean either.
    """
    return not any(sign.isdecimal() for title in titles for sign in title)


def payloads_of(turn: Turn) -> tuple[str, ...]:
    """Return what comes back with each choice: the choice itself, or yes to a call."""
    if not is_about_call(turn):
        return turn.choices
    return tuple(f"{turn.asks}:{word}" for word in YES_OR_NO[: len(turn.choices)])


def is_about_call(turn: Turn) -> bool:
    """Tell whether a turn asks whether a tool may be called."""
    return (turn.asks or "").startswith(CALL)


def without_lines(turn: Turn) -> str:
    """Return what a turn says above the lines of its choices."""
    return turn.content.removesuffix(numbered(turn.choices)).rstrip()


def as_written(turn: Turn, said: str) -> str:
    """Return what a turn says as the LLM is to write it: with a marker for choices."""
    if not turn.choices:
        return said
    above = said.removesuffix(numbered(turn.choices)).rstrip()
    if is_about_call(turn):
        return above  # it is ours to ask
    marker = sentences.OFFERED.format(sentences.BETWEEN.join(turn.choices))
    return f"{above}\n{marker}".strip()
