"""From what was said to what the page shows of it: bubbles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.console.chat.media.shown import ShownMedia, show_media
from bot.console.chat.why import Panel, Said, explain
from bot.console.chat.words import Delivery, describe_parts, name_of, one_line
from bot.console.ratings.rating import describe_rating
from db.records import A_PERSON, EPOCH, Role, Turn
from db.support.reading import Customer, Placed
from db.support.said import Beside

Kind = Literal["user", "bot", "person", "note"]
LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message replies to; `text` is empty if that is not known."""

    whose: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message as it is shown; texts are as people wrote them, not yet safe.

    `anchor` names it on the page; `corrects` is the reference_id of an answer of the
    bot's that may be corrected and judged; `at` is None where no time is known.
    """

    anchor: str
    kind: Kind
    author: str
    at: datetime | None
    text: str
    quote: Quote | None
    media: Sequence[ShownMedia]
    deliveries: Sequence[Delivery]
    why: Sequence[Panel]
    corrects: str | None
    ratings: Sequence[str] = ()


def make_bubbles(
    chat_id: str, placed: Sequence[Placed], beside: Beside, customer: Customer
) -> list[Bubble]:
    """Return what is shown of a piece of a chat; nothing of what says nothing."""
    within: dict[str, tuple[Role, str]] = {
        one.turn.message_sid: (one.turn.role, one.turn.content)
        for one in placed
        if one.turn.message_sid
    }
    quotable = {**beside.quoted, **within}
    made = (_bubble(chat_id, one, beside, customer, quotable) for one in placed)
    return [bubble for bubble in made if bubble.kind != "note" or bubble.text.strip()]


def _bubble(
    chat_id: str,
    one: Placed,
    beside: Beside,
    customer: Customer,
    quotable: dict[str, tuple[str, str]],
) -> Bubble:
    turn, key = one.turn, one.turn.reference_id or ""
    parts = beside.parts.get(key, ())
    kind, author = _author(turn, beside, customer)
    return Bubble(
        anchor=f"turn-{chat_id}-{one.position}",
        kind=kind,
        author=author,
        at=None if turn.timestamp == EPOCH else turn.timestamp,
        text=turn.content,
        quote=_quote(turn, quotable, customer),
        media=tuple(show_media(turn, parts, beside)),
        deliveries=tuple(describe_parts(parts, stopped=customer.stopped)),
        why=explain(_said(turn, beside)),
        corrects=key if turn.is_by_bot and turn.content.strip() else None,
        ratings=[describe_rating(one) for one in beside.ratings.get(key, ())],
    )


def _said(turn: Turn, beside: Beside) -> Said:
    key = turn.reference_id or ""
    return Said(
        turn=turn,
        parts=beside.parts.get(key, ()),
        passages=beside.passages.get(key, ()),
        gaps=beside.gaps.get(key, ()),
        calls=beside.calls.get(key, ()),
        making=beside.makings.get(key),
        cost=beside.costs.get(key),
    )


def _author(turn: Turn, beside: Beside, customer: Customer) -> tuple[Kind, str]:
    if turn.role == "user":
        return "user", name_of(customer)
    if turn.role == "system":
        return "note", "Note"
    if turn.author is None:
        return "bot", "Bot" if turn.reference_id else "Written by hand"
    unknown = "A person" if turn.author == A_PERSON else "A former operator"
    return "person", one_line(beside.names.get(turn.author, unknown))


def _quote(
    turn: Turn, quotable: dict[str, tuple[str, str]], customer: Customer
) -> Quote | None:
    if turn.quotes is None:
        return None
    role, text = quotable.get(turn.quotes, ("", ""))
    whose = {"user": name_of(customer), "assistant": "Us"}.get(role, "")
    return Quote(whose, one_line(text, LONGEST_QUOTE))
