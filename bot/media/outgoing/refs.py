"""What a part's media are stored as: a name for the bytes, never an address of ours.

An address of ours is signed and ends soon, so it is made just before sending. `stored:`
and a sha256 name bytes of `media_contents`, and `name:` behind it is what they are
called on a phone. `file:` names one of the folder MEDIA_OUT. All else is an address on
the web.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

STORED, FILE, NAME = "stored:", "file:", "name:"
SHA256 = re.compile("[0-9a-f]{64}")
# Of a name on a phone; in UTF-8 and signed it still fits into an address.
LONGEST_NAME = 80
UNNAMED = "file"
PLAIN = frozenset(" ._-()+")


@dataclass(frozen=True, slots=True)
class StoredRef:
    """Bytes of `media_contents`, by their sha256 in hexadecimal."""

    sha256: str

    def __str__(self) -> str:
        """Return it as it is stored."""
        return f"{STORED}{self.sha256}"

    def called(self, name: str) -> tuple[str, ...]:
        """Return it as a part's media, under a name."""
        return (str(self), f"{NAME}{safe_name(name)}") if name else (str(self),)


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file of MEDIA_OUT."""

    name: str

    def __str__(self) -> str:
        """Return it as it is stored."""
        return f"{FILE}{self.name}"


Ref = StoredRef | FileRef


def read_ref(text: str) -> Ref | None:
    """Return what a part's media names of ours; None: an address, or nothing at all."""
    if text.startswith(STORED):
        sha256 = text.removeprefix(STORED)
        return StoredRef(sha256) if SHA256.fullmatch(sha256) else None
    if text.startswith(FILE):
        name = text.removeprefix(FILE)
        return FileRef(name) if is_file_name(name) else None
    return None


def is_ours(text: str) -> bool:
    """Tell whether an element of a part's media is ours, rightly written or not."""
    return text.startswith((STORED, FILE, NAME))


def with_names(media: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each of a part's media, and what it is called; empty: that is not told."""
    for place, one in enumerate(media):
        if not one.startswith(NAME):
            after = "".join(media[place + 1 : place + 2])
            yield one, after.removeprefix(NAME) if after.startswith(NAME) else ""


def is_file_name(name: str) -> bool:
    """Tell whether a name can be a file's of MEDIA_OUT: no path, nothing hidden."""
    return bool(name) and name == safe_name(name) and not name.startswith(".")


def safe_name(name: str) -> str:
    """Return a file's name without what acts in a path, a header or on a screen.

    It may be any text; of a path the last element counts.
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    plain = "".join(char if _is_plain(char) else "_" for char in last)
    words = " ".join(plain.split()).strip(" .")
    if len(words) > LONGEST_NAME:
        ending = PurePosixPath(words).suffix[:10]
        words = words[: LONGEST_NAME - len(ending)].rstrip(" .") + ending
    return words or UNNAMED


def _is_plain(char: str) -> bool:
    return char in PLAIN or unicodedata.category(char)[0] in "LMN"
