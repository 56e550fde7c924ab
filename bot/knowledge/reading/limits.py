"""How much a document may ask of us: whatever asks for more is refused."""

from dataclasses import dataclass

from db.records import MOST_CONTENT_BYTES

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one document, and on the process that reads it.

    `seconds` are those of a clock, `cpu_seconds` those of a processor. `memory` is
    address space, in bytes; `ocr_memory` is that of a reader that looks at pictures.
    Of a zip archive (DOCX, XLSX): how many `members` it has, how many bytes they take
    `unpacked`, and how many times its size that may be (`ratio`). `text` counts
    characters. `output` is what the reader may tell us, in bytes.
    """

    seconds: float = 300.0
    cpu_seconds: int = 150
    memory: int = 768 * MEGABYTE
    ocr_memory: int = 2048 * MEGABYTE
    content: int = MOST_CONTENT_BYTES
    members: int = 5_000
    unpacked: int = 300 * MEGABYTE
    ratio: int = 200
    pages: int = 2_000
    ocr_pages: int = 30
    rows: int = 100_000
    columns: int = 200
    nesting: int = 100
    text: int = 10_000_000
    blocks: int = 300_000
    notes: int = 20
    output: int = 100 * MEGABYTE


LIMITS = Limits()
