"""How people are described on a terminal. Names are untrusted: shown without tricks."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from db.queries.people import Details, Listed, Person

HEADINGS = ("address", "name", "chats", "messages", "last message", "")
LONGEST_NAME = 24


def describe_list(people: Sequence[Listed]) -> Iterator[str]:
    """Yield the lines of a table."""
    rows = [HEADINGS, *(_describe_row(person) for person in people)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    if not people:
        yield "(nobody)"


def _describe_row(person: Listed) -> tuple[str, ...]:
    notes = []
    if not person.is_active:
        notes.append("deactivated")
    if person.opted_out:
        notes.append("stopped")
    return (
        to_printable(person.address),
        to_printable(person.full_name or "")[:LONGEST_NAME],
        str(person.chats),
        str(person.messages),
        _to_minute(person.last_message_at),
        ", ".join(notes),
    )


def describe_person(person: Person, details: Details) -> Iterator[str]:
    """Yield lines of names and values."""
    chats = (
        f"{details.active_chats} active, {details.closed_chats} closed, "
        f"{details.archived_chats} archived"
    )
    parts = ", ".join(f"{count} {status}" for status, count in details.parts.items())
    known = {
        "address": person.address,
        "other addresses": ", ".join(details.other_addresses),
        "name": person.full_name,
        "email": person.email,
        "user_id": str(person.user_id),
        "answers": "yes" if person.is_active else "no: deactivated",
        "stopped": _to_minute(details.opted_out_at),
        "first message": _to_minute(person.created_at),
        "last message": _to_minute(details.last_message_at),
        "chats": chats,
        "messages": str(details.messages),
        "unanswered": "yes" if details.waits_for_an_answer else "no",
        "sent": parts,
    }
    for name, value in known.items():
        yield f"{name:15}  {to_printable(value or '-')}"


def to_printable(text: str) -> str:
    """Return the text without what could move the cursor or hide other text."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _to_minute(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""
