"""Files of MEDIA_STORE that no row names any more: erased, dropped, or half written."""

import re
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from db.database import Database
from db.media.contents import UNFINISHED, path_of
from db.outages import outages

# By then whoever wrote it has stored its row, or was killed.
AGE_SECONDS = 3600.0
NAME = re.compile("[0-9a-f]{64}")
# Whoever puts the same bytes waits for this row, and we for theirs.
TAKE_PLACE = """
INSERT INTO media_contents (sha256, media_type, size)
VALUES (%(sha256)s, 'application/octet-stream', 0) ON CONFLICT DO NOTHING
"""
LET_GO = "DELETE FROM media_contents WHERE sha256 = %(sha256)s"
KNOWN = """
SELECT encode(sha256, 'hex') FROM media_contents
WHERE sha256 = ANY (%(sha256s)s) AND content IS NULL
"""


def sweep_files(
    database: Database, folder: Path, age_seconds: float = AGE_SECONDS
) -> int:
    """Remove files that are old enough, and that no row names; return how many.

    Raises StoreUnavailableError and OSError.
    """
    swept = 0
    for within in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        files = list(_find_old(within, age_seconds))
        halves = [file for file in files if file.name.endswith(UNFINISHED)]
        for half in halves:
            half.unlink(missing_ok=True)
        swept += len(halves)
        swept += sum(_remove(database, file) for file in _unnamed(database, files))
    return swept


def remove_files(database: Database, folder: Path, sha256s: Collection[str]) -> None:
    """Remove files of contents whose rows are gone, now; the others stay.

    Raises StoreUnavailableError and OSError.
    """
    for file in _unnamed(database, [path_of(folder, name) for name in sha256s]):
        _remove(database, file)


def _find_old(folder: Path, age_seconds: float) -> Iterator[Path]:
    old = time.time() - age_seconds
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # somebody was faster
            if file.stat().st_mtime <= old:
                yield file


def _unnamed(database: Database, files: list[Path]) -> Iterator[Path]:
    whole = {file.name: file for file in files if NAME.fullmatch(file.name)}
    if not whole:
        return
    asked = {"sha256s": [bytes.fromhex(name) for name in whole]}
    with outages():
        known = set(database.column(KNOWN, asked))
    yield from (file for name, file in whole.items() if name not in known)


def _remove(database: Database, file: Path) -> bool:
    """Remove a file while nobody can put the same bytes; False: they came again."""
    asked = {"sha256": bytes.fromhex(file.name)}
    with outages(), database.transaction() as connection:
        if not connection.count(TAKE_PLACE, asked):
            return False
        file.unlink(missing_ok=True)
        connection.count(LET_GO, asked)
    return True
