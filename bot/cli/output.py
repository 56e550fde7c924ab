"""Where a command writes: to a file, all of it or nothing, or to standard output."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from db.errors import OperatorError

PRIVATE = 0o600
CONTROL = {
    code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"
}


def printable(text: str) -> str:
    """Return the text without what a terminal would obey: control characters."""
    return text.replace("\r\n", "\n").translate(CONTROL)


def one_line(text: str, width: int) -> str:
    """Return the text's beginning, on one line of `width` characters at most."""
    flat = " ".join(printable(text[: 4 * width]).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """Yield a stream for UTF-8 text; None is standard output.

    A file gets its name when it is complete, and only its owner may read it. Raises
    OperatorError where it can't be written.
    """
    if path is None:
        yield sys.stdout
        return
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        made = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
        with os.fdopen(made, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise OperatorError(f"{path} can't be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
