"""What somebody names to be taken in: files, folders, globs, pages."""

import glob
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.knowledge.taking_in.fetching import Page, fetch
from db.errors import OperatorError
from db.records import MOST_CONTENT_BYTES, DocumentRow, NewDocument, to_storable

MOST_FILES = 10_000
# What is read from a folder; a file that is named itself is read whatever it is called.
ENDINGS = {
    ".csv", ".docx", ".htm", ".html", ".log", ".markdown", ".md", ".mdown", ".pdf",
    ".tab", ".text", ".tsv", ".txt", ".xhtml", ".xlsx",
}  # fmt: skip
GLOB_SIGNS = "*?["
PAGES = ("http://", "https://")


class SourceError(OperatorError):
    """A file can't be read: one sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file or page; `skipped` says why it is left out, if it is."""

    name: str
    is_page: bool = False
    skipped: str | None = None


def find_sources(named: str) -> Iterator[Source]:
    """Yield what a path, a folder, a glob or an address stands for, in order.

    In folders, hidden files, links and what is no document are skipped. Raises
    SourceError where nothing is there, or too much.
    """
    if named.lower().startswith(PAGES):
        yield Source(named, is_page=True)
        return
    path = Path(named)
    if path.is_dir():
        yield from _bounded(_walk(path), named)
    elif os.path.lexists(path) or not any(sign in named for sign in GLOB_SIGNS):
        yield Source(str(path))
    else:
        yield from _bounded(_match(named), named)


def source_of(row: DocumentRow) -> Source | None:
    """Return where a document can be looked for again; None: nowhere."""
    if row.url:
        return Source(row.url, is_page=True)
    if row.file_path and Path(row.file_path).is_absolute():
        return Source(row.file_path)
    return None


def read_source(
    source: Source, like: NewDocument, fetch: Callable[[str], Page] = fetch
) -> NewDocument:
    """Return the version that is there now, with what `like` says of it.

    Raises SourceError, and FetchError.
    """
    if not source.is_page:
        path = Path(source.name)
        content, whole = read_file(path), str(path.resolve())
        if to_storable(whole) != whole:  # two such would be one document
            raise SourceError("its name is no UTF-8: rename it")
        return replace(like, content=content, file_path=whole)
    page = fetch(source.name)
    return replace(
        like, content=page.content, url=page.url, content_type=page.content_type
    )


def read_file(path: Path) -> bytes:
    """Return a file's bytes. Raises SourceError."""
    try:
        # A pipe without a writer would be waited for.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise SourceError("it is no file: name a file or a folder")
            content = file.read(MOST_CONTENT_BYTES + 1)
    except FileNotFoundError:
        raise SourceError("it is not there: check the path") from None
    except OSError as error:
        raise SourceError(f"it can't be read: {error.strerror}") from None
    if len(content) > MOST_CONTENT_BYTES:
        most = MOST_CONTENT_BYTES // 2**20
        raise SourceError(f"it has more than {most} MB: split it")
    return content


def _walk(folder: Path) -> Iterator[Source]:
    def tell(error: OSError) -> None:
        unread.append(Source(str(error.filename), skipped=f"{error.strerror}"))

    unread: list[Source] = []
    for at, folders, files in os.walk(folder, onerror=tell):
        yield from unread
        unread.clear()
        passed = {name for name in folders if _is_passed_over(Path(at) / name)}
        folders[:] = sorted(set(folders) - passed)
        for name in sorted([*files, *passed]):
            yield _look(Path(at) / name)
    yield from unread


def _is_passed_over(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.is_symlink()


def _match(pattern: str) -> Iterator[Source]:
    found = False
    # (Path's own knows no pattern that begins with a slash.)
    for name in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207
        found = True
        path = Path(name)
        if not path.is_dir():
            yield _look(path)
    if not found:
        raise SourceError("nothing has such a name: check the pattern")


def _look(path: Path) -> Source:
    """Return a file of a folder, and why it is skipped, if it is."""
    reason = None
    if path.name.startswith("."):
        reason = "hidden"
    elif path.is_symlink():
        reason = "a link: name it itself"
    elif path.suffix.lower() not in ENDINGS:
        reason = "no document by its name"
    return Source(str(path), skipped=reason)


def _bounded(sources: Iterator[Source], named: str) -> Iterator[Source]:
    wanted = 0
    for source in sources:
        wanted += source.skipped is None
        if wanted > MOST_FILES:
            raise SourceError(
                f"there are more than {MOST_FILES:,} files in {named}: add it in parts"
            )
        yield source
