"""Whom an operator's message is for: told by it, or asked; never guessed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.chat.relay import sentences
from bot.chat.relay.cleaning import clean_line, clean_name
from bot.chat.relay.news import ago, why_of
from db.records.alerts import Case

# Who was told of nothing for so long has something else in mind.
FRESH = timedelta(hours=12)
SHOWN = 20


def is_clear(cases: Sequence[Case]) -> bool:
    """Tell whether words that name nobody can only be for the one customer there is."""
    if len(cases) != 1 or cases[0].told_at is None:
        return False
    return datetime.now(UTC) - cases[0].told_at < FRESH


def list_cases(cases: Sequence[Case]) -> str:
    """Return who waits, and whose chats are the operator's."""
    if not cases:
        return sentences.NOBODY
    return "\n".join([sentences.LIST, *map(_line, cases[:SHOWN]), *_more(cases)])


def ask_which(cases: Sequence[Case], text: str) -> str:
    """Return the question whom a text is for."""
    example = clean_line(text, 40) or "your text"
    how = sentences.HOW_TO_SAY.format(ticket=cases[0].ticket_id, example=example)
    lines = [*map(_line, cases[:SHOWN]), *_more(cases)]
    return "\n".join([sentences.WHICH, *lines, how])


def _more(cases: Sequence[Case]) -> list[str]:
    return [sentences.MORE] if len(cases) >= SHOWN else []


def _line(case: Case) -> str:
    since = ago(case.since)
    state = (
        sentences.STATE_YOURS.format(ago=since)
        if case.owner == "human"
        else sentences.STATE_WAITS.format(ago=since, why=why_of(case))
    )
    name = clean_name(case.name)
    return sentences.LINE.format(ticket=case.ticket_id, name=name, state=state)
