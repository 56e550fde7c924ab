"""Reading a document: a child does it, and is believed in nothing but its texts."""

import json

from bot.knowledge.reading.child import CRASHED, ask_child, explain_end
from bot.knowledge.reading.limits import LIMITS, MEGABYTE, Limits
from bot.knowledge.reading.nouns import (
    FAULTS,
    KINDS,
    Block,
    Fault,
    Kind,
    Reading,
    UnreadableError,
)

CHILD = "bot.knowledge.reading"
KNOWN: dict[str, Kind] = {kind: kind for kind in KINDS}
KNOWN_FAULTS: dict[str, Fault] = {fault: fault for fault in FAULTS}


def read_document(
    content: bytes, name: str, content_type: str | None = None, limits: Limits = LIMITS
) -> Reading:
    """Return what a document says.

    Its type is what its bytes say, then its `name`, then its `content_type`. A child
    process reads it: without network, secrets or files to write, and killed when it
    takes more than `limits` allow. Raises UnreadableError, whose one sentence says why
    it can't be read and what to do.
    """
    if len(content) > limits.content:
        raise UnreadableError(
            f"the file is larger than {limits.content // MEGABYTE} MB: split it into "
            "smaller files, or leave out its pictures",
            "too much",
        )
    asked: dict[str, object] = {"name": name, "content_type": content_type}
    told, code = ask_child(CHILD, asked, content, limits)
    return _reading_of(told, code, limits)


def _reading_of(told: bytes, code: int, limits: Limits) -> Reading:
    blocks: list[Block] = []
    try:
        for line in told.splitlines():
            found = json.loads(line)
            if "error" in found:
                fault = KNOWN_FAULTS[str(found["fault"])]
                raise UnreadableError(str(found["error"]), fault)
            if "file_type" in found:
                return _whole(found, tuple(blocks))
            blocks.append(_block_of(found))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UnreadableError(CRASHED) from None
    raise explain_end(code, limits)


def _block_of(found: dict[str, object]) -> Block:
    page = found["page"]
    return Block(
        kind=KNOWN[str(found["kind"])],
        text=str(found["text"]),
        level=int(str(found["level"])),
        page=None if page is None else int(str(page)),
    )


def _whole(found: dict[str, object], blocks: tuple[Block, ...]) -> Reading:
    pages, notes = found["pages"], found["notes"]
    if not isinstance(notes, list):
        raise TypeError
    return Reading(
        file_type=str(found["file_type"]),
        blocks=blocks,
        title=str(found["title"]) if found["title"] else None,
        pages=None if pages is None else int(str(pages)),
        notes=tuple(map(str, notes)),
    )
