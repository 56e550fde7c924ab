"""Documents written out: as lines of JSON, or as pages of Markdown."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from bot.cli.export import open_output
from bot.terminal import printable_json
from db.database import Connection
from db.errors import OperatorError
from db.files import make_private_folder
from db.knowledge.listing import list_documents, read_chunks
from db.records import DocumentRow


def export_documents(
    connection: Connection, folder: Path | None, form: str, most: int
) -> int:
    """Write all documents with their chunks; None is standard output.

    `form` is jsonl or markdown. Return how many. Raises OperatorError.
    """
    rows = list_documents(connection, most)
    if folder is not None:
        _make(folder)
    if form == "markdown" and folder is not None:
        for row in rows:
            with open_output(folder / f"{row.id}.md") as file:
                file.writelines(_as_markdown(connection, row))
        return len(rows)
    write = _as_json if form == "jsonl" else _as_markdown
    with open_output(folder and folder / "documents.jsonl") as file:
        for row in rows:
            file.writelines(write(connection, row))
    return len(rows)


def _make(folder: Path) -> None:
    try:
        with suppress(FileExistsError):
            make_private_folder(folder)
    except OSError as error:
        raise OperatorError(
            f"{folder} can't be made ({error.strerror}): choose another folder"
        ) from None


def _as_json(connection: Connection, row: DocumentRow) -> Iterator[str]:
    chunks = [asdict(chunk) for chunk in read_chunks(connection, row.id)]
    whole = {**asdict(row), "chunks": chunks}
    yield printable_json(json.dumps(whole, ensure_ascii=False, default=str)) + "\n"


def _as_markdown(connection: Connection, row: DocumentRow) -> Iterator[str]:
    yield f"# {_one_line(row.title)}\n\n"
    heading = None
    for chunk in read_chunks(connection, row.id):
        if chunk.heading != heading:
            heading = chunk.heading
            yield f"## {_one_line(heading or row.title)}\n\n"
        yield f"{chunk.chunk_text}\n\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
