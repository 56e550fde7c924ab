"""How things are shown on a terminal. What people wrote is untrusted: no tricks."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from db.queries.people import Details, Listed, Person
    from db.queries.search import Hit
    from db.queries.status import Status
    from db.queries.transcripts import ChatLine, Transcript

DAY, HOUR, MINUTE = 86_400, 3600, 60
# What a terminal would obey, or would let text stand where it was not written: control
# characters, half characters, separators of lines, and invisible signs of format such
# as those that turn the direction of writing. Joiners stay: emoji and some scripts
# need them.
# https://www.unicode.org/reports/tr44/#General_Category_Values
TRICKS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
HARMLESS = set("\n\t\u200c\u200d")
HEADINGS = ("address", "name", "chats", "messages", "last message", "")
LONGEST_NAME = 24
LONGEST_LINE = 60
FOUND: dict[str, Any] = {"bold": True, "fg": "yellow"}


def printable(text: str) -> str:
    """Return a text of whatever origin as a terminal may have it."""
    return "".join(map(_shown, text.replace("\r\n", "\n")))


def _shown(sign: str) -> str:
    is_trick = unicodedata.category(sign) in TRICKS and sign not in HARMLESS
    return "\ufffd" if is_trick else sign


def one_line(text: str, width: int = 1000) -> str:
    """Return the text's beginning, on one line of `width` characters at most."""
    flat = " ".join(printable(text[: 4 * width]).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def describe_status(status: "Status") -> Iterator[str]:
    """Yield the lines."""
    yield from _describe_server(status)
    yield from _describe_queue(status)
    yield from _describe_copies(status)
    yield from _describe_tables(status)


def readable_size(size: float) -> str:
    """Return bytes as people read them."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size / 1e3:.0f} kB"


def readable_time(seconds: float) -> str:
    """Return seconds as people read them."""
    for unit, length in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{max(seconds, 0):.1f} s"


def _line(name: str, text: str) -> str:
    return f"{name:<13} {text}"


def _describe_server(status: "Status") -> Iterator[str]:
    role = ", a standby" if status.is_standby else ""
    yield _line("Server", f"PostgreSQL {status.server_version}{role}")
    yield _line("Database", f"{status.database}, {readable_size(status.bytes)}")
    if status.is_read_only:
        yield _line(
            "", "read-only: a standby, a role that only reads, or a restore cut short"
        )
    newest = status.newest_migration
    at = status.migration or "none, or not to be seen"
    cure = "" if at == newest else f" (this code needs {newest})"
    yield _line("Migration", at + cure)
    most = status.max_connections
    yield _line("Connections", f"{status.connections} of {most}")
    oldest = status.oldest_transaction
    told = "none" if oldest is None else readable_time(oldest)
    yield _line("Oldest trans.", told)


def _describe_queue(status: "Status") -> Iterator[str]:
    if status.queue is None:
        yield _line("Queue", "not to be seen")
        return
    jobs = [f"{count} {name}" for name, count in status.queue.items()]
    yield _line("Queue", ", ".join(jobs) or "empty")
    if status.oldest_waiting_job is not None:
        waiting = readable_time(status.oldest_waiting_job)
        yield _line("", f"the oldest has waited for {waiting}")
    if status.kept_parts:
        yield _line("Not taken", f"{status.kept_parts} messages, tried again: see logs")


def _describe_copies(status: "Status") -> Iterator[str]:
    last = status.last_backup
    if last is None:
        yield _line("Last backup", "none: `bot db backup` makes one")
    else:
        age = readable_time((datetime.now(UTC) - last.created_at).total_seconds())
        yield _line(
            "Last backup", f"{last.file}, {readable_size(last.bytes)}, {age} old"
        )
    for standby in status.standbys or []:
        behind = "?" if standby.behind is None else readable_size(standby.behind)
        yield _line("Standby", f"{standby.name}, {standby.state}, {behind} behind")
    for name, size in (status.beside or {}).items():
        yield _line("Beside it", f"{name}, {readable_size(size)}, left by a restore")


def _describe_tables(status: "Status") -> Iterator[str]:
    yield ""
    yield f"{'table':<44} {'size':>9} {'rows':>11} {'dead':>9}"
    for table in status.tables:
        name = table.table.removeprefix("public.")
        size = readable_size(table.bytes)
        yield f"{name:<44} {size:>9} {table.rows:>11,} {table.dead_rows:>9,}"


def describe_people(people: Sequence["Listed"]) -> Iterator[str]:
    """Yield the lines of a table."""
    rows = [HEADINGS, *(_describe_row(person) for person in people)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    if not people:
        yield "(nobody)"


def _describe_row(person: "Listed") -> tuple[str, ...]:
    notes = []
    if not person.is_active:
        notes.append("deactivated")
    if person.opted_out:
        notes.append("stopped")
    return (
        one_line(person.address),
        one_line(person.full_name or "", LONGEST_NAME),
        str(person.chats),
        str(person.messages),
        _to_minute(person.last_message_at),
        ", ".join(notes),
    )


def describe_person(person: "Person", details: "Details") -> Iterator[str]:
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
        yield f"{name:15}  {one_line(value or '-')}"


def _to_minute(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def show_hit(hit: "Hit") -> None:
    """Print a message that was found, what was found in it in colour."""
    when = f"{hit.sent_at:%Y-%m-%d %H:%M}" if hit.sent_at else "-" * 16
    who = one_line(hit.full_name or "", LONGEST_LINE)
    address = one_line(hit.phone_number)
    facts = f"{hit.chat_id}  {when}  {address}  {who}  {hit.role}"
    click.secho(facts.rstrip(), dim=True)
    click.echo("  ", nl=False)
    for number, piece in enumerate(hit.pieces()):
        flat = printable(piece).replace("\n", " ")
        found = FOUND if number % 2 else {}
        click.secho(flat, nl=False, **found)
    click.echo()


def show_chat(line: "ChatLine") -> None:
    """Print a line of the list of chats."""
    state = "active" if line.is_active else "archived" if line.archived else "closed"
    said = one_line(line.last_message or "", LONGEST_LINE)
    click.echo(
        f"{line.chat_id}  {line.last_message_at:%Y-%m-%d %H:%M}  {state:8}  "
        f"{line.messages:4}  {one_line(line.phone_number):22}  "
        f"{one_line(line.full_name or '', 16):16}  {said}"
    )


def describe_transcript(transcript: "Transcript") -> Iterator[str]:
    """Yield a transcript piece by piece, line ends included."""
    state = "active" if transcript.is_active else "closed"
    state = "archived" if transcript.archived else state
    name = one_line(transcript.full_name or "")
    who = f"{one_line(transcript.phone_number)}  {name}".rstrip()
    yield f"{transcript.chat_id}  {state}  {who}\n"
    for message in transcript.messages:
        when = str(message.get("timestamp", ""))[:19].replace("T", " ")
        facts = [when, *(str(message[n]) for n in ("role", "model") if n in message)]
        yield "\n" + click.style(printable("  ".join(facts)), dim=True) + "\n"
        for line in printable(str(message.get("content") or "")).split("\n"):
            yield f"  {line}\n"
