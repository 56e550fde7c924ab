"""Numbers that users type to choose, told in words."""

from collections.abc import Iterable
from dataclasses import replace

import regex

from bot.chat.choices.lines import have_numbers
from bot.chat.replies import Batch
from db.records import Turn, Userchat

# "2", "2.", "(2)", "no. 2", "#2", and in other digits, alone.
_NUMBER = regex.compile(
    r"\W*(?:n[o\u00ba\u00b0]|nr|num(?:ber)?|option|opci[o\u00f3]n)?\W*"
    r"(\d{1,2})(?:\ufe0f?\u20e3)?\W*",
    regex.IGNORECASE,
)


def with_chosen(chat: Userchat, batch: Batch) -> tuple[Userchat, Batch]:
    """Return a chat and its batch with what numbers chose, in words.

    A number chooses from what the bot offered last. What it answered since, or a person
    said, takes that back, but not what it says by itself, such as a reminder.
    """
    turns = (*chat.earlier_turns, *chat.turns)
    chosen = dict(_chosen(turns)) if any(turn.choices for turn in turns) else {}
    if not chosen:
        return chat, batch
    told = replace(
        chat,
        earlier_turns=tuple(_told(turn, chosen) for turn in chat.earlier_turns),
        turns=tuple(_told(turn, chosen) for turn in chat.turns),
    )
    return told, tuple(_told(turn, chosen) for turn in batch)


def find_chosen(text: str, titles: tuple[str, ...]) -> str | None:
    """Return which of the choices a whole message names by its number, if any."""
    found = _NUMBER.fullmatch(text)
    if found is None or not have_numbers(titles):
        return None
    number = int(found[1])
    return titles[number - 1] if 1 <= number <= len(titles) else None


def _chosen(turns: Iterable[Turn]) -> Iterable[tuple[str, str]]:
    offered: tuple[str, ...] = ()
    for turn in turns:
        if turn.role == "assistant" and not turn.notice_for:
            by_itself = turn.is_by_bot and not turn.in_reply_to
            offered = offered if by_itself else turn.choices
            continue
        title = find_chosen(turn.content, offered)
        if turn.role == "user" and turn.message_sid and title:
            yield turn.message_sid, title


def _told(turn: Turn, chosen: dict[str, str]) -> Turn:
    title = chosen.get(turn.message_sid or "")
    return replace(turn, content=title) if title else turn
