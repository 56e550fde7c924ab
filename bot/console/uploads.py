"""Files that operators send: which views take them, how large, by what name."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, TypeVar

from flask import request

from bot.media.outgoing.kinds import MOST_BYTES
from bot.terminal import printable
from db.errors import OperatorError
from db.records import MOST_CONTENT_BYTES, to_storable

View = TypeVar("View", bound=Callable[..., Any])
# What a form holds beside its file.
BESIDE = 2**16
LONGEST_NAME = 150


def takes_file(view: View) -> View:
    """Let a view take a file, as large as a document may be, of who may ask it."""
    view.__dict__["largest_form"] = MOST_CONTENT_BYTES + BESIDE
    return view


def takes_message(view: View) -> View:
    """Let a view take what WhatsApp takes with a message, of who may ask it."""
    view.__dict__["largest_form"] = MOST_BYTES + BESIDE
    return view


def largest_form(view: object, usual: int) -> int:
    """Return how many bytes a view takes."""
    found: int = getattr(view, "largest_form", usual)
    return found


def read_upload(field: str = "file") -> tuple[str, bytes]:
    """Return the name of the file that was sent, without folders, and its bytes.

    The name is untrusted: it is what the document is called, and no path of ours.
    Raises OperatorError where there is none, or where it is too large.
    """
    file = request.files.get(field)
    if file is None or not file.filename:
        raise OperatorError("no file was chosen: choose one, and send it again")
    name = PurePosixPath(file.filename.replace("\\", "/")).name
    content = file.stream.read(MOST_CONTENT_BYTES + 1)
    if len(content) > MOST_CONTENT_BYTES:
        most = MOST_CONTENT_BYTES // 2**20
        raise OperatorError(f"the file has more than {most} MB: split it")
    shown = _short(" ".join(printable(to_storable(name)).split()))
    return shown if shown.strip(".") else "document", content


def _short(name: str) -> str:
    """Return a name that is not too long, with its ending."""
    if len(name) <= LONGEST_NAME:
        return name
    ending = PurePosixPath(name).suffix[:10]
    return name[: LONGEST_NAME - len(ending)] + ending
