"""What the chat page says in words, and how what others wrote is made safe to show."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from markupsafe import Markup, escape

from db.delivery.window import SERVICE_WINDOW
from db.records import FALLBACK
from db.support.reading import Customer
from db.support.said import ShownPart

LONGEST_NAME = 60
# Signs that turn the direction of writing over what follows. Marks of one direction,
# joiners and tags stay: scripts and emoji need them, and the page isolates every text.
TURNS_AROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
LINK = re.compile(r"https?://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
AFTER_LINK = ".,;:!?)]*_~"
STATUSES = {
    "pending": ("\N{CLOCK FACE TWO OCLOCK}", "waits to be sent"),
    "sending": ("\N{CLOCK FACE TWO OCLOCK}", "is being sent"),
    "uncertain": ("\N{CLOCK FACE TWO OCLOCK}", "sent, not confirmed yet"),
    "held": ("\N{DOUBLE VERTICAL BAR}", "waits until they write"),
    "accepted": ("\N{CLOCK FACE TWO OCLOCK}", "is with Twilio"),
    "scheduled": ("\N{CLOCK FACE TWO OCLOCK}", "is with Twilio"),
    "queued": ("\N{CLOCK FACE TWO OCLOCK}", "is with Twilio"),
    "sent": ("\u2713", "sent"),
    "delivered": ("\u2713\u2713", "delivered"),
    "read": ("\u2713\u2713", "read"),
}
ORDER = tuple(STATUSES)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a message got: a sign, and words; `status` is for its colour."""

    sign: str
    words: str
    status: str

    @property
    def is_bad(self) -> bool:
        """Whether it did not arrive, and won't."""
        return self.status in {"failed", "canceled"}


def shown(text: str) -> str:
    """Return a text of whatever origin as a page may have it, besides escaping."""
    return "".join(map(_safe, LINE_ENDS.sub("\n", text)))


def one_line(text: str, most: int = LONGEST_NAME) -> str:
    """Return the text's beginning, on one line."""
    line = " ".join(shown(text[: 4 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def linked(text: str) -> Markup:
    """Return a text as HTML: escaped, its http and https addresses as links."""
    safe, written, end = shown(text), Markup(""), 0
    for found in LINK.finditer(safe):
        url = found[0].rstrip(AFTER_LINK)
        written += escape(safe[end : found.start()]) + _link(url)
        end = found.start() + len(url)
    return written + escape(safe[end:])


def name_of(customer: Customer) -> str:
    """Return what to call a person: their own word, or their address."""
    return one_line(customer.name or "") or address_of(customer) or "Somebody"


def address_of(customer: Customer) -> str:
    """Return where they write from, as people read it."""
    return one_line((customer.address or "").removeprefix("whatsapp:"))


def describe_owner(customer: Customer, me: UUID) -> str:
    """Return who has the chat."""
    if customer.owner == "bot":
        return "The bot answers."
    if customer.owner == "queue":
        return "Waits for a person; the bot is silent."
    if customer.owner_id == me:
        return "You have this chat; the bot is silent."
    name = one_line(customer.owner_name or "") or "A person"
    return f"{name} has this chat; the bot is silent."


def closes_at(last_inbound: datetime | None, now: datetime) -> datetime | None:
    """Return when the service window closes; None: it is closed."""
    if last_inbound is None or now - last_inbound > SERVICE_WINDOW:
        return None
    return last_inbound + SERVICE_WINDOW


def describe_window(
    closes: datetime | None, now: datetime, zone: tzinfo, *, holds: bool = False
) -> str:
    """Return for how long a reply may still be sent, and what becomes of it after."""
    if closes is None and holds:
        return (
            "They wrote nothing for 24 hours: your reply waits until they write, and a "
            "template tells them so."
        )
    if closes is None:
        return "They wrote nothing for 24 hours: WhatsApp takes a template only."
    until = clock(closes, now, zone)
    return f"You can reply for {describe_span(closes - now)} (until {until})."


def describe_span(span: timedelta) -> str:
    """Return a time's length as people read it, to the minute."""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes >= 2 * 24 * 60:
        return f"{minutes // (24 * 60)} days"
    return (
        f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    )


def clock(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Return a time of day, and the day if that is not today's."""
    there, today = moment.astimezone(zone), now.astimezone(zone).date()
    return f"{there:%H:%M}" if there.date() == today else f"{there:%Y-%m-%d %H:%M}"


def describe_parts(parts: Sequence[ShownPart], *, stopped: bool) -> Iterator[Delivery]:
    """Yield how far a turn got: the slowest of its parts, then what failed of it."""
    own = [part for part in parts if part.author != FALLBACK]
    going = [part.status for part in own if part.status in STATUSES]
    if going:
        status = min(going, key=ORDER.index)
        yield Delivery(*STATUSES[status], status)
    yield from map(
        _describe_fallback, [part for part in parts if part.author == FALLBACK]
    )
    for part in own:
        if part.status not in STATUSES:
            which = f"Message {part.position + 1}: " if len(own) > 1 else ""
            why = _describe_failure(part, stopped=stopped)
            bad = "canceled" if part.status == "canceled" else "failed"
            yield Delivery("\u26a0", f"{which}{why}", bad)


def _describe_fallback(part: ShownPart) -> Delivery:
    """Say how far the template got that tells them of what waits."""
    if part.status in STATUSES:
        sign, words = STATUSES[part.status]
        return Delivery(sign, f"The template that tells them: {words}", part.status)
    why = part.meaning or f"Twilio's error {part.error_code}"
    if part.status == "canceled":
        return Delivery("\u26a0", f"No template was sent: {why}", "canceled")
    told = f"They were not told by the template: {why}. It goes out when they write."
    return Delivery("\u26a0", told, "failed")


def _describe_failure(part: ShownPart, *, stopped: bool) -> str:
    if part.status == "canceled" and part.message_sid is None:
        return f"not sent: {_why_canceled(part, stopped=stopped)}"
    if part.meaning:
        return f"not delivered: {part.meaning}"
    error = "" if part.error_code is None else f": Twilio's error {part.error_code}"
    return f"not delivered{error}"


def _why_canceled(part: ShownPart, *, stopped: bool) -> str:
    if stopped or part.author != "bot":
        return "they wrote STOP"
    return "a person took over, or they wrote STOP"


def _safe(sign: str) -> str:
    if sign in TURNS_AROUND or unicodedata.category(sign) == "Cs":
        return "\ufffd"
    if unicodedata.category(sign) == "Cc" and sign not in "\n\t":
        return "\ufffd"
    return sign


def _link(url: str) -> Markup:
    frame = Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank" '
                   'dir="ltr">{0}</a>')  # fmt: skip
    return frame.format(url)
