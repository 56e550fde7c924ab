"""What a document is once it was read."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.knowledge.reading.limits import Limits
from db.errors import OperatorError

Kind = Literal["heading", "paragraph", "row", "item"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# What is wrong with a document: it is damaged; says nothing; asks for a password; is of
# a kind that is not read; has pictures for pages; is more than is read; or was too slow
# to be read this time.
Fault = Literal[
    "broken", "empty", "locked", "foreign", "pictures", "too much", "too slow"
]
FAULTS: tuple[Fault, ...] = get_args(Fault)


class UnreadableError(OperatorError):
    """A document can't be read: one sentence says why, and what to do.

    `fault` is the same for code.
    """

    def __init__(self, sentence: str, fault: Fault = "broken") -> None:
        super().__init__(sentence)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document that stands on its own there.

    `level`: of a heading, 1 for the outermost. `page` counts from 1; None where the
    format has no pages. A row of a table names its columns: "Rye bread: Price 4.20".
    """

    kind: Kind
    text: str
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document: what it says, in its order.

    `file_type` is pdf, docx, xlsx, csv, html, markdown or text. `title` is what it
    calls itself. `pages`: how many it has. `notes`: what of it was not read.
    """

    file_type: str
    blocks: tuple[Block, ...]
    title: str | None = None
    pages: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """What a format's reader finds out beside the blocks, and the bounds it keeps.

    `charset` is what whoever sent the document says that it is written in.
    """

    limits: Limits
    charset: str | None = None
    title: str | None = None
    pages: int | None = None
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """Say once what is not read."""
        if sentence not in self.notes and len(self.notes) < self.limits.notes:
            self.notes.append(sentence)
