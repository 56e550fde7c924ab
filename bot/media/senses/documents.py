"""People's own documents: read as the business's are, and kept in pieces."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.knowledge.reading.limits import MEGABYTE, Limits
from bot.knowledge.reading.nouns import Fault, Reading, UnreadableError
from bot.knowledge.reading.reader import read_document
from bot.knowledge.taking_in.chunking import cut_into_chunks
from bot.knowledge.taking_in.languages import find_language
from bot.media.protocol import NotSensedError, NotYetSensedError, Piece, Sensed
from bot.media.senses.children import TRIES_OF_SLOWNESS, Children
from bot.media.troubles import Trouble

READER = "reader"
# Much less than of the business's: whoever sends it waits for an answer.
LIMITS = Limits(
    seconds=100,
    cpu_seconds=90,
    content=16 * MEGABYTE,
    pages=500,
    ocr_pages=10,
    rows=20_000,
    text=2_000_000,
    blocks=50_000,
    output=20 * MEGABYTE,
)
MOST_PIECES = 2_000
# Its language shows in its beginning.
PIECES_LOOKED_AT = 30
TROUBLES: Mapping[Fault, Trouble] = MappingProxyType(
    {
        "broken": Trouble.BROKEN,
        "empty": Trouble.EMPTY,
        "locked": Trouble.LOCKED,
        "foreign": Trouble.FOREIGN,
        "pictures": Trouble.PICTURES,
        "too much": Trouble.TOO_LONG,
    }
)


class Documents:
    """The sense for documents: PDF, DOCX, XLSX, CSV, HTML and text of any kind.

    A child process reads each, one of the few that `children` has places for.
    """

    def __init__(
        self,
        children: Children,
        limits: Limits = LIMITS,
        most_pieces: int = MOST_PIECES,
    ) -> None:
        self._children = children
        self._limits = limits
        self._most_pieces = most_pieces

    def sense(
        self,
        content: bytes,
        media_type: str,
        file_name: str | None,
        seconds: float,
        /,
    ) -> Sensed:
        """Return a document's pieces, in its order, within `seconds`.

        Raises NotSensedError and NotYetSensedError.
        """
        name = file_name or ""
        reading = self._read(content, media_type, name, seconds)
        chunks = cut_into_chunks(reading, name or reading.title or "")
        if len(chunks) > self._most_pieces:
            told = f"it has {len(chunks)} pieces: {self._most_pieces} are kept at most"
            raise NotSensedError(told, trouble=Trouble.TOO_LONG)
        beginning = "\n".join(chunk.text for chunk in chunks[:PIECES_LOOKED_AT])
        return Sensed(
            text_by=READER,
            language=find_language(beginning),
            pages=reading.pages,
            pieces=tuple(Piece(c.text, c.heading or "", c.page) for c in chunks),
        )

    def _read(
        self, content: bytes, media_type: str, name: str, seconds: float
    ) -> Reading:
        with self._children.place(seconds) as left:
            limits = replace(self._limits, seconds=min(left, self._limits.seconds))
            try:
                return read_document(content, name, media_type, limits)
            except UnreadableError as error:
                raise _explained(error) from None


def _explained(error: UnreadableError) -> NotSensedError | NotYetSensedError:
    if error.fault == "too slow":
        return NotYetSensedError(str(error), most_tries=TRIES_OF_SLOWNESS)
    return NotSensedError(str(error), trouble=TROUBLES[error.fault])
