"""Tombstones and restores: who was erased is not brought back by a backup."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import exc

from db.errors import OperatorError
from db.operations.erasure import apply_tombstones
from db.operations.tombstones import Tombstone, read_tombstone_file, read_tombstones


@dataclass(frozen=True, slots=True)
class Graves:
    """Where tombstones are kept beside the database, and the key they are made with."""

    file: Path
    key: bytes | None


def bury_again(current: str, target: str, graves: Graves) -> int:
    """Erase from `target` whom any tombstone names; return how many people.

    Tombstones are those of the database in use, if it can be asked, of the backup and
    of the file beside the backups. All of them stand in `target` afterwards.
    """
    found = [*_known_in(current), *read_tombstones(target)]
    found += read_tombstone_file(graves.file)
    if not found:
        return 0
    if graves.key is None:
        raise OperatorError(
            f"{len(found)} addresses of erased people must be erased again, and the "
            "key that tells whose they are is missing: set ERASURE_KEY, or put "
            "erasure.key back into DATA_FOLDER"
        )
    return apply_tombstones(target, graves.key, found)


def _known_in(url: str) -> list[Tombstone]:
    """Return a database's tombstones; none where it is gone or broken."""
    try:
        return list(read_tombstones(url))
    except (psycopg.Error, exc.SQLAlchemyError):
        return []
