"""One document, parsed in this process: nothing is kept from it here."""

import re
from collections.abc import Iterator
from importlib import import_module

from bot.knowledge.reading.file_types import find_type
from bot.knowledge.reading.limits import Limits
from bot.knowledge.reading.nouns import Block, Draft, Reading, UnreadableError

# Only the module of the format is loaded, for its library takes its time.
FORMATS = "bot.knowledge.reading.formats."
MODULES = {
    "pdf": "pdf.pages",
    "docx": "office.word",
    "xlsx": "office.spreadsheets",
    "csv": "delimited",
    "html": "html",
    "markdown": "markdown",
    "text": "plain",
}
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class Parsing:
    """A document whose blocks are yielded; then `result` tells what else is known."""

    def __init__(
        self, content: bytes, name: str, content_type: str | None, limits: Limits
    ) -> None:
        """Find the type; raises UnreadableError for what is none of ours."""
        self._content = content
        self._file_type = find_type(content, name, content_type)
        charset = CHARSET.search(content_type or "")
        self._draft = Draft(limits, charset[1] if charset else None)

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks; raises UnreadableError, also after some of them."""
        draft = self._draft
        characters = count = 0
        for block in self._read():
            count += 1
            characters += len(block.text)
            if characters > draft.limits.text or count > draft.limits.blocks:
                raise UnreadableError(
                    "the file holds more text than is taken in of one file "
                    f"({draft.limits.text:,} characters, {draft.limits.blocks:,} "
                    "paragraphs and rows): split it into smaller files",
                    "too much",
                )
            yield block
        if not count:
            raise UnreadableError(
                "there is no text in the file: look at it where it comes from",
                "empty",
            )

    def _read(self) -> Iterator[Block]:
        module = import_module(FORMATS + MODULES[self._file_type])
        try:
            yield from module.read(self._content, self._draft)
        except (UnreadableError, MemoryError):
            raise
        except Exception as error:
            # Whatever a damaged file leads its library to.
            raise UnreadableError(
                "the file is damaged, or holds what is not understood: open it in the "
                "program that it was written with, and save it anew"
            ) from error

    def result(self, blocks: tuple[Block, ...] = ()) -> Reading:
        """Return what is known of the document once its blocks were yielded."""
        return Reading(
            file_type=self._file_type,
            blocks=blocks,
            title=self._draft.title,
            pages=self._draft.pages,
            notes=tuple(self._draft.notes),
        )
