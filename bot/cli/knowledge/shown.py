"""Documents on a terminal, and as JSON. What they say is others': no tricks."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from bot.cli.show import readable_size, show_table
from bot.terminal import Column, one_line, printable, printable_json

if TYPE_CHECKING:
    from db.knowledge.listing import ChunkRow
    from db.records import DocumentRow

COLUMNS = (
    Column("id", right=True),
    Column("title", least=16),
    Column("type", spare=3),
    Column("size", right=True, spare=4),
    Column("chunks", right=True, spare=2),
    Column("lang.", spare=5),
    Column("whose", spare=1),
    Column("state", least=12),
)


def echo_json(rows: Sequence[Any]) -> None:
    """Print records as a list."""
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, default=str)
    click.echo(printable_json(text))


def show_list(rows: "Sequence[DocumentRow]") -> None:
    """Print the documents, one a line."""
    show_table(COLUMNS, [_cells(row) for row in rows])


def state_of(row: "DocumentRow") -> str:
    """Return what became of a document's last version."""
    if not row.is_processed:
        return "waits; the old one serves" if row.sha256 else "waits"
    if row.error:
        kept = "the old one serves; " if row.sha256 else ""
        return f"refused: {kept}{row.error}"
    return "demo" if row.is_demo else "taken in"


def show_document(
    row: "DocumentRow", chunks: "Iterable[ChunkRow]", *, as_json: bool
) -> None:
    """Print a document with its chunks."""
    if as_json:
        whole = {**asdict(row), "chunks": [asdict(chunk) for chunk in chunks]}
        text = json.dumps(whole, ensure_ascii=False, default=str)
        click.echo(printable_json(text))
        return
    for name, value in _facts(row):
        if value is not None:
            click.echo(f"{name:<12} {one_line(str(value))}")
    for chunk in chunks:
        page = f"page {chunk.page}" if chunk.page else ""
        where = ", ".join(filter(None, (chunk.heading, page)))
        click.echo()
        click.secho(f"[{chunk.chunk_index}] {one_line(where)}".rstrip(), bold=True)
        click.echo(printable(chunk.chunk_text))


def _cells(row: "DocumentRow") -> list[str]:
    return [
        str(row.id),
        row.title,
        row.file_type,
        _size(row) or "",
        str(row.chunks),
        row.language or "",
        row.owner or "everybody's",
        state_of(row),
    ]


def _size(row: "DocumentRow") -> str | None:
    if row.file_size is None:
        return None
    small = row.file_size < 1000
    return f"{row.file_size} B" if small else readable_size(row.file_size)


def _facts(row: "DocumentRow") -> list[tuple[str, object]]:
    return [
        ("Document", f"{row.id}, {row.title}"),
        ("Description", row.description),
        ("From", row.file_path or row.url),
        ("Type", row.file_type),
        ("Size", _size(row)),
        ("Language", row.language),
        ("Whose", row.owner or "everybody's"),
        ("State", state_of(row)),
        ("SHA-256", row.sha256),
        ("Added", f"{row.created_at:%Y-%m-%d %H:%M %Z}"),
        ("Changed", f"{row.updated_at:%Y-%m-%d %H:%M %Z}"),
        ("Chunks", row.chunks),
    ]
