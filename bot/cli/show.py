"""How things are shown on a terminal. What people wrote is untrusted: no tricks."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bot.terminal import (
    LONGEST,
    Column,
    cut,
    one_line,
    printable,
    table,
    terminal_width,
)

if TYPE_CHECKING:
    from db.queries.people import Details, Listed, Person
    from db.queries.search import Hit
    from db.queries.status import Status
    from db.queries.transcripts import ChatLine, Transcript

DAY, HOUR, MINUTE = 86_400, 3600, 60
PEOPLE = (
    Column("address"),
    Column("name", least=8),
    Column("chats", right=True, spare=2),
    Column("messages", right=True, spare=3),
    Column("last message", spare=1),
    Column(""),
)
CHATS = (
    Column("chat"),
    Column("last message", spare=2),
    Column("state", spare=3),
    Column("messages", right=True, spare=4),
    Column("address", least=22),
    Column("name", least=8, spare=1),
    Column("said last", least=12),
)
TABLES = (
    Column("table", least=16),
    Column("size", right=True),
    Column("rows", right=True, spare=1),
    Column("dead", right=True, spare=2),
)
FOUND: dict[str, Any] = {"bold": True, "fg": "yellow"}


def show_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: as wide as the terminal at most, else whole."""
    for line in table(columns, rows, terminal_width()):
        click.echo(line)


def tell_if_cut(shown: int, most: int) -> None:
    """Say beside a list that it may go on."""
    if shown == most:
        told = f"These are the first {most:,}; --limit shows more, if there are any."
        click.echo(told, err=True)


def describe_status(status: "Status") -> Iterator[str]:
    """Yield the lines."""
    yield from _describe_server(status)
    yield from _describe_queue(status)
    yield from _describe_knowledge(status)
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


def _describe_knowledge(status: "Status") -> Iterator[str]:
    known = status.knowledge
    if known is not None:
        yield _line(
            "Knowledge",
            f"{known.documents:,} documents, {known.waiting:,} of them waiting and "
            f"{known.refused:,} refused; {known.open_gaps:,} open gaps",
        )


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
    rows = [
        (
            told.table.removeprefix("public."),
            readable_size(told.bytes),
            f"{told.rows:,}",
            f"{told.dead_rows:,}",
        )
        for told in status.tables
    ]
    yield ""
    yield from table(TABLES, rows, terminal_width())


def show_people(people: Sequence["Listed"]) -> None:
    """Print the list of people."""
    show_table(PEOPLE, [_describe_person(person) for person in people])
    if not people:
        click.echo("(nobody)")


def _describe_person(person: "Listed") -> tuple[str, ...]:
    notes = [] if person.role == "user" else [person.role]
    if not person.is_active:
        notes.append("deactivated")
    if person.opted_out:
        notes.append("stopped")
    return (
        person.address,
        person.full_name or "",
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
        "role": person.role,
        "answers": "yes" if person.is_active else "no: deactivated",
        "stopped": _to_minute(details.opted_out_at),
        "first message": _to_minute(person.created_at),
        "last message": _to_minute(details.last_message_at),
        "chats": chats,
        "messages": str(details.messages),
        "unanswered": "yes" if details.waits_for_an_answer else "no",
        "sent": parts,
        "settings": ", ".join(f"{k} {v}" for k, v in details.preferences.items()),
        "own documents": str(details.documents),
        "met gaps": str(details.gap_questions),
        "tickets": str(details.tickets),
    }
    for name, value in known.items():
        yield f"{name:15}  {one_line(value or '-')}"


def _to_minute(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def show_hit(hit: "Hit") -> None:
    """Print a message that was found, what was found in it in colour."""
    when = f"{hit.sent_at:%Y-%m-%d %H:%M}" if hit.sent_at else "-" * 16
    who = f"{one_line(hit.phone_number)}  {one_line(hit.full_name or '')}"
    facts = f"{hit.chat_id}  {when}  {who.rstrip()}  {hit.role}"
    click.secho(cut(facts, terminal_width() or LONGEST), dim=True)
    click.echo("  ", nl=False)
    for number, piece in enumerate(hit.pieces()):
        flat = printable(piece).replace("\n", " ")
        found = FOUND if number % 2 else {}
        click.secho(flat, nl=False, **found)
    click.echo()


def show_chats(lines: Sequence["ChatLine"]) -> None:
    """Print the list of chats."""
    show_table(CHATS, [_describe_chat(line) for line in lines])


def _describe_chat(line: "ChatLine") -> tuple[str, ...]:
    state = "active" if line.is_active else "archived" if line.archived else "closed"
    return (
        line.chat_id,
        _to_minute(line.last_message_at),
        state,
        str(line.messages),
        line.phone_number,
        line.full_name or "",
        line.last_message or "",
    )


def describe_transcript(
    transcript: "Transcript", held: Collection[str] = ()
) -> Iterator[str]:
    """Yield a transcript piece by piece, line ends included.

    `held` are replies (reference_id) that wait for the user to write.
    """
    state = "active" if transcript.is_active else "closed"
    state = "archived" if transcript.archived else state
    name = one_line(transcript.full_name or "")
    who = f"{one_line(transcript.phone_number)}  {name}".rstrip()
    yield f"{transcript.chat_id}  {state}  {who}\n"
    for message in transcript.messages:
        when = str(message.get("timestamp", ""))[:19].replace("T", " ")
        facts = [when, *(str(message[n]) for n in ("role", "model") if n in message)]
        facts += filter(None, [transcript.author_of(message)])
        if message.get("reference_id") in held:
            facts.append("held until they write")
        yield "\n" + click.style(printable("  ".join(facts)), dim=True) + "\n"
        for line in printable(str(message.get("content") or "")).split("\n"):
            yield f"  {line}\n"
