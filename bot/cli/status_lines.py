"""What `bot db status` prints, line by line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.queries.status import Status

DAY, HOUR, MINUTE = 86_400, 3600, 60


def describe(status: "Status") -> Iterator[str]:
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
