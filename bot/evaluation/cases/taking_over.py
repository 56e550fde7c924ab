"""What a person answered instead of the bot: which messages, and what the bot said."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.records import Turn


@dataclass(frozen=True, slots=True)
class Instead:
    """Messages that a person answered; `said` is what the bot told them, if it did."""

    sids: tuple[str, ...]
    said: str | None


def find_instead(turns: Sequence[Turn], place: int) -> Instead | None:
    """Return what a person's turn answers instead of the bot.

    None where the person had the chat already: what two people say is no answer of the
    bot's. Where the bot passed the user on, it is what it was asked then.
    """
    turn = turns[place]
    before = [t for t in turns[:place] if t.role == "assistant" and not t.notice_for]
    last = before[-1] if before else None
    if not turn.is_by_person or (last is not None and last.is_by_person):
        return None
    passed_on = last if last is not None and last.hands_over else None
    if passed_on is not None and passed_on.in_reply_to:
        return Instead(passed_on.in_reply_to, passed_on.content)
    return Instead(turn.in_reply_to, None) if turn.in_reply_to else None
