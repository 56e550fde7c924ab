"""What is written out: formats of transcripts, and the file that they go to."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from bot.terminal import printable, printable_json
from db.errors import OperatorError
from db.files import writing_whole
from db.queries.transcripts import Transcript

# A spreadsheet takes a cell that begins like this for a formula.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = (*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
OF_MESSAGE = (
    "role", "timestamp", "content", "message_sid", "model", "tokens_used",
    "response_time", "error",
)  # fmt: skip
COLUMNS = ("chat_id", "phone_number", "full_name", "position", *OF_MESSAGE, "author")
# Signs that Markdown, or the HTML in it, would take for more than text.
MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>#|~"})


class _Terminal(io.TextIOBase):
    def write(self, text: str) -> int:
        return sys.stdout.write(printable(text))


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO | io.TextIOBase]:
    """Yield a stream for UTF-8 text; None is standard output.

    A file gets its name when it is complete, and only its owner may read it. A terminal
    gets nothing that it would obey. Raises OperatorError where it can't be written, or
    is a link.
    """
    if path is None:
        yield _Terminal() if sys.stdout.isatty() else sys.stdout
        return
    if path.is_symlink():
        raise OperatorError(f"{path} is a link: name the file that is meant")
    try:
        with writing_whole(path) as file:
            stream = io.TextIOWrapper(file, encoding="utf-8", newline="")
            yield stream
            stream.flush()
            stream.detach()
    except OSError as error:
        raise OperatorError(
            f"{path} can't be written ({error.strerror}): choose another file"
        ) from None


def as_json(transcripts: Iterable[Transcript]) -> Iterator[str]:
    """Yield one array of chats."""
    before = "[\n"
    for transcript in transcripts:
        yield before + _to_json(transcript)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def as_jsonl(transcripts: Iterable[Transcript]) -> Iterator[str]:
    """Yield a line for each chat."""
    for transcript in transcripts:
        yield _to_json(transcript) + "\n"


def as_csv(transcripts: Iterable[Transcript]) -> Iterator[str]:
    """Yield a heading and a row for each message; no cell is a formula."""
    yield _to_csv([COLUMNS])
    for transcript in transcripts:
        who = (transcript.chat_id, transcript.phone_number, transcript.full_name)
        yield _to_csv(
            (
                *who,
                position,
                *(message.get(name) for name in OF_MESSAGE),
                transcript.author_of(message),
            )
            for position, message in enumerate(transcript.messages)
        )


def as_markdown(transcripts: Iterable[Transcript]) -> Iterator[str]:
    """Yield a section for each chat, its messages as quotations."""
    for transcript in transcripts:
        name = f" ({_escape(transcript.full_name)})" if transcript.full_name else ""
        yield f"## {transcript.chat_id}: {_escape(transcript.phone_number)}{name}\n\n"
        for message in transcript.messages:
            lines = _escape(str(message.get("content") or "")).split("\n")
            quoted = "\n".join(f"> {line}".rstrip() for line in lines)
            when = _escape(str(message.get("timestamp") or ""))
            author = transcript.author_of(message)
            who = f" ({_escape(author)})" if author else ""
            yield f"**{message.get('role')}**{who}, {when}\n\n{quoted}\n\n"


FORMATS: dict[str, Callable[[Iterable[Transcript]], Iterator[str]]] = {
    "json": as_json,
    "jsonl": as_jsonl,
    "csv": as_csv,
    "markdown": as_markdown,
}


def _to_json(transcript: Transcript) -> str:
    # What people wrote as they wrote it; only what a terminal would obey is escaped.
    text = json.dumps(asdict(transcript), ensure_ascii=False, default=_moment)
    return printable_json(text)


def _moment(time: datetime) -> str:
    return time.isoformat()


def _to_csv(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([_defuse(cell) for cell in row] for row in rows)
    return text.getvalue()


def _defuse(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    # Signs that show nothing may stand before it.
    begins = printable(cell).lstrip("\ufffd")
    return f"'{cell}" if begins.startswith(FORMULA) else cell


def _escape(text: str) -> str:
    # Whatever ends a line ends it here, too: the next one is quoted as well.
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.translate(MARKDOWN)
