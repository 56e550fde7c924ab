"""In words: what came with a message beside its text."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.chat import sentences
from bot.chat.choices.lines import CALL
from bot.chat.media.brackets import in_line
from db.records import Media, Turn

Whose = Literal["bot", "person", "user"]
WHOSE: dict[Whose, str] = {
    "bot": sentences.OF_BOT, "person": sentences.OF_PERSON, "user": sentences.OF_USER,
}  # fmt: skip

# What Twilio calls the parts of an advert that say something:
# https://www.twilio.com/docs/messaging/guides/webhook-request
ADVERT = ("ReferralHeadline", "ReferralBody", "ReferralSourceUrl")
# What users choose, fill in and order, by how Twilio's names begin.
CHOICES = {
    ("Button",): sentences.PRESSED,
    ("List",): sentences.LISTED,
    ("Flow", "Form", "Interactive"): sentences.FILLED_IN,
    ("Order", "Product", "Catalog"): sentences.ORDERED,
}
PAYLOADS = tuple(beginning for beginnings in CHOICES for beginning in beginnings)
# Says which form it is, to machines alone.
UNTOLD = ("flow_token",)
MOST_ENTRIES = 60  # of a form or an order
DEEPEST = 6
LONGEST_KIND = 64
# What bot/whatsapp/beside.py keeps of MessageType, and there are words for.
NAMED_TYPES = {"sticker", "reaction"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A message that another one names: whose, its words, and what it brought."""

    whose: Whose
    text: str = ""
    things: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return whose it is and what it says."""
        words = [f'"{self.text}"'] if self.text else []
        return f"{WHOSE[self.whose]}: {', '.join((*self.things, *words))}"


# What was said, by MessageSid.
Quotable = Mapping[str, Quoted]


def find_reaction(turn: Turn) -> tuple[str, str] | None:
    """Return the emoji of a reaction, and the MessageSid of what it is about.

    The emoji is empty where a reaction was taken back; the SID, where none was told.
    """
    if turn.role != "user" or turn.beside.get("MessageType") != "reaction":
        return None
    return turn.content.strip(), turn.quotes or ""


def describe_reaction(turn: Turn, quotable: Quotable) -> str:
    """Return a reaction in words; empty if it is none, or was taken back."""
    emoji, sid = find_reaction(turn) or ("", "")
    if not emoji:
        return ""
    quoted = quotable.get(sid)
    if quoted is None:
        return sentences.REACTED_UNSEEN.format(emoji)
    return sentences.REACTED.format(emoji, quoted)


def describe_quote(turn: Turn, quotable: Quotable) -> Iterator[str]:
    """Yield what the message replies to, if it names a message."""
    if turn.quotes is None:
        return
    quoted = quotable.get(turn.quotes)
    yield sentences.QUOTES.format(quoted) if quoted else sentences.QUOTES_UNSEEN


def describe_beside(turn: Turn) -> Iterator[str]:
    """Yield the advert that the user came by, and what they chose or filled in."""
    advert = [turn.beside[name] for name in ADVERT if name in turn.beside]
    if advert:
        yield sentences.ADVERT.format(in_line(" \u2013 ".join(advert)))
    for beginnings, sentence in CHOICES.items():
        chosen = [
            entry
            for name, value in turn.beside.items()
            if name.startswith(beginnings)
            and value.strip() != turn.content.strip()
            and not value.startswith(CALL)  # it says to us which call it allows
            for entry in _read_entries(name, value)
        ]
        if chosen:
            yield sentence.format(in_line("; ".join(chosen[:MOST_ENTRIES])))


def describe_marks(turn: Turn) -> Iterator[str]:
    """Yield how a message came: forwarded, as a sticker, as what we aren't shown.

    Alone it is nothing to answer.
    """
    if turn.beside.get("FrequentlyForwarded") == "true":
        yield sentences.FORWARDED_OFTEN
    elif turn.beside.get("Forwarded") == "true":
        yield sentences.FORWARDED
    if is_sticker(turn):
        yield sentences.STICKER
    kind = turn.beside.get("MessageType", "sticker")[:LONGEST_KIND]
    if kind not in NAMED_TYPES and not turn.media:
        yield sentences.OF_A_KIND.format(in_line(kind))


def is_sticker(turn: Turn) -> bool:
    """Tell whether a picture is a sticker: WhatsApp sends pictures as JPEG or PNG."""
    return turn.beside.get("MessageType") == "sticker" or any(
        str(media.get("type", "")).lower().startswith("image/webp")
        for media in turn.media
    )


def describe_places(turn: Turn) -> Iterator[str]:
    """Yield the locations that say where they are."""
    for media in turn.media:
        if place := find_place(media):
            yield sentences.PLACE.format(in_line(place))


def find_place(media: Media) -> str:
    """Return a location's label, address and coordinates; empty if it tells none."""
    if media.get("type") != "location":
        return ""
    words = [str(media[name]) for name in ("label", "address") if media.get(name)]
    if media.get("latitude") and media.get("longitude"):
        words.append(f"latitude {media['latitude']}, longitude {media['longitude']}")
    return ", ".join(words)


def _read_entries(name: str, value: str) -> Iterator[str]:
    """Yield what a field says: one entry, or those of the JSON that it holds."""
    try:
        told = json.loads(value) if value.lstrip().startswith(("{", "[")) else None
    except (ValueError, RecursionError):  # it was cut, or is none
        told = None
    entries = list(_flatten(told, "", DEEPEST))
    yield from entries or [f"{name}: {value}"]


def _flatten(value: object, name: str, depth: int) -> Iterator[str]:
    """Yield the entries of JSON as "items 2 quantity: 12"."""
    if depth and isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, one in inner:
            if key not in UNTOLD:
                yield from _flatten(one, f"{name} {key}".strip(), depth - 1)
    elif value not in (None, "", [], {}):
        told = value if isinstance(value, str) else json.dumps(value)
        yield f"{name}: {told}" if name else told
