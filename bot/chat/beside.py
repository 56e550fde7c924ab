"""In words: what came with a message beside its text."""

from collections.abc import Iterator, Mapping

from bot.chat import sentences
from db.records import Media, Role, Turn

# Who said what, by MessageSid.
Quotable = Mapping[str, tuple[Role, str]]

LONGEST_QUOTE = 500
# What Twilio calls the parts of an advert that say something:
# https://www.twilio.com/docs/messaging/guides/webhook-request
ADVERT = ("ReferralHeadline", "ReferralBody", "ReferralSourceUrl")
PAYLOADS = (
    "Button", "List", "Flow", "Form", "Interactive", "Order", "Product", "Catalog",
)  # fmt: skip


def describe_quote(turn: Turn, quotable: Quotable) -> Iterator[str]:
    """Yield what the message replies to, if it names a message."""
    if turn.quotes is None:
        return
    role, text = quotable.get(turn.quotes, ("user", ""))
    quote = " ".join(text.split())
    if len(quote) > LONGEST_QUOTE:
        quote = f"{quote[:LONGEST_QUOTE]} \u2026"
    whose = sentences.QUOTES_BOT if role == "assistant" else sentences.QUOTES_USER
    yield whose.format(quote) if quote else sentences.QUOTES_UNSEEN


def describe_beside(turn: Turn) -> Iterator[str]:
    """Yield the advert that the user came by, and what they chose or filled in."""
    advert = [turn.beside[name] for name in ADVERT if name in turn.beside]
    if advert:
        yield sentences.ADVERT.format(" \u2013 ".join(advert))
    chosen = [
        f"{name}: {value}"
        for name, value in turn.beside.items()
        if name.startswith(PAYLOADS) and value.strip() != turn.content.strip()
    ]
    if chosen:
        yield sentences.CHOSEN.format("; ".join(chosen))


def describe_places(turn: Turn) -> Iterator[str]:
    """Yield the locations that say where they are."""
    for media in turn.media:
        if place := find_place(media):
            yield sentences.PLACE.format(place)


def find_place(media: Media) -> str:
    """Return a location's label, address and coordinates; empty if it tells none."""
    if media.get("type") != "location":
        return ""
    words = [str(media[name]) for name in ("label", "address") if media.get(name)]
    if media.get("latitude") and media.get("longitude"):
        words.append(f"latitude {media['latitude']}, longitude {media['longitude']}")
    return ", ".join(words)
