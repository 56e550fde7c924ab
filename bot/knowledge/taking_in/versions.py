"""What a version of a document says, and what it is called."""

from itertools import accumulate, takewhile
from pathlib import PurePosixPath

from bot.knowledge.reading import Reading, UnreadableError, read_document
from bot.knowledge.taking_in.chunking import cut_into_chunks
from bot.knowledge.taking_in.languages import find_language
from bot.knowledge.taking_in.sources import ENDINGS
from db.records import TakenIn, Upload

# A person wrote it to a gap: it stays what it is, whatever it looks like.
ANSWER = "answer"
LONGEST_TITLE = 200
# So much of it tells the language.
MOST_CHARACTERS = 20_000


def read_version(upload: Upload) -> TakenIn:
    """Return a version's chunks, title and language; what was told of it wins.

    Raises UnreadableError, whose sentence is for whoever added it.
    """
    reading = read_document(upload.content, upload.name, upload.content_type)
    title = upload.title or _shorten(reading.title or "") or tidy(upload.name)
    chunks = cut_into_chunks(reading, title)
    if not chunks:
        raise UnreadableError(
            "nothing in it can be read: is it all pictures? Add it as text"
        )
    is_answer = upload.file_type == ANSWER
    return TakenIn(
        title=title,
        file_type=ANSWER if is_answer else reading.file_type,
        language=upload.language or find_language(_beginning(reading)),
        chunks=chunks,
    )


def tidy(name: str) -> str:
    """Return a file's name as a title: price_list-2026.pdf is "Price list 2026"."""
    path = PurePosixPath(name)
    stem = path.stem if path.suffix.lower() in ENDINGS else name
    words = stem if " " in stem else stem.replace("_", " ").replace("-", " ")
    tidied = _shorten(words) or name
    return tidied[0].upper() + tidied[1:]


def _shorten(title: str) -> str:
    return " ".join(title.split())[:LONGEST_TITLE].strip()


def _beginning(reading: Reading) -> str:
    texts = [block.text for block in reading.blocks]
    ends = takewhile(lambda end: end < MOST_CHARACTERS, accumulate(map(len, texts)))
    return "\n".join(texts[: 1 + sum(1 for _ in ends)])
