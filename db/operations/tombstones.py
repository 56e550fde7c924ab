"""Tombstones of erased people: keyed hashes of their addresses, no personal data.

Without the key nobody can tell whose they are: addresses are few enough to be tried
one by one against a plain hash.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, text

from db.engine import Limits, build_engine
from db.errors import OperatorError

BATCH = 1000
FILE_NAME = "erasures.jsonl"
READING = Limits(connections=1, statement_seconds=60)
LONGEST_LINE = 4096  # bytes; ours have some 150

RECORD = text("""
INSERT INTO erasures AS known (address_hash, erased_at)
SELECT address_hash, max(erased_at)
FROM unnest(CAST(:hashes AS text[]), CAST(:times AS timestamptz[]))
  AS told (address_hash, erased_at)
GROUP BY address_hash
ON CONFLICT (address_hash)
  DO UPDATE SET erased_at = greatest(known.erased_at, EXCLUDED.erased_at)
""")
FOREIGN = text(
    "SELECT count(*) FROM erasures WHERE NOT starts_with(address_hash, :own)"
)
ALL = text("SELECT address_hash, erased_at FROM erasures ORDER BY address_hash")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One address of a person who was erased: what came before `erased_at` is gone."""

    address_hash: str
    erased_at: datetime


def hash_address(key: bytes, address: str) -> str:
    """Return an address as tombstones name it: which key it was, and the keyed hash."""
    return _mark_of(key) + _hash(key, f"address {address}")


def _mark_of(key: bytes) -> str:
    """Return what tells one key from another and says nothing of either."""
    return _hash(key, "mark")[:8] + ":"


def _hash(key: bytes, told: str) -> str:
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()


def record_tombstones(connection: Connection, tombstones: Iterable[Tombstone]) -> None:
    """Store tombstones; of two for one address the later one stays."""
    for batch in _batches(tombstones):
        known = {
            "hashes": [tombstone.address_hash for tombstone in batch],
            "times": [tombstone.erased_at for tombstone in batch],
        }
        connection.execute(RECORD, known)


def check_key(connection: Connection, key: bytes) -> None:
    """Raise OperatorError if the database holds tombstones made with another key."""
    foreign = connection.execute(FOREIGN, {"own": _mark_of(key)}).scalar_one()
    if foreign:
        raise OperatorError(
            f"{foreign} tombstones of erased people were made with another key: set "
            "ERASURE_KEY to the one that they were made with (by default it lies in "
            "DATA_FOLDER/erasure.key). If it is lost, nobody can tell whose they are: "
            "then delete them from the table erasures and from erasures.jsonl, and "
            "erase these people again by hand"
        )


def read_tombstones(url: str) -> Iterator[Tombstone]:
    """Yield the tombstones that a database holds, whatever migration it is at.

    Raises SQLAlchemy's errors: only the caller knows whether it may be away.
    """
    engine = build_engine(url, READING)
    try:
        with (
            engine.connect().execution_options(yield_per=BATCH) as connection,
            connection.execute(ALL) as found,
        ):
            for address_hash, erased_at in found:
                yield Tombstone(address_hash, erased_at)
    finally:
        engine.dispose()


def read_tombstone_file(path: Path) -> Iterator[Tombstone]:
    """Yield the tombstones of a file `erasures.jsonl`; none where it is missing.

    A last line that a crash cut off is left out: the erasure stands in the database.
    Raises OperatorError for any other line that is none.
    """
    if not path.exists():
        return
    with path.open() as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n"):
                return
            try:
                read = json.loads(line)
                erased_at = datetime.fromisoformat(read["erased_at"])
                yield Tombstone(str(read["address_hash"]), erased_at)
            except (ValueError, TypeError, KeyError):
                raise OperatorError(
                    f"{path}, line {number}, is no tombstone: mend or delete the line"
                ) from None


def append_missing(url: str, folder: Path) -> int:
    """Bring the folder's file up to what the database holds; return how many it lacked.

    They survive the loss of the database there. What a crash kept out of the file comes
    in the next time. On disk when this returns. Raises OSError, OperatorError and
    SQLAlchemy's errors.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE_NAME
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = {t.address_hash: t.erased_at for t in read_tombstone_file(path)}
        missing = [
            tombstone
            for tombstone in read_tombstones(url)
            if known.get(tombstone.address_hash) != tombstone.erased_at
        ]
        _drop_half_line(file)
        file.write("".join(_to_line(tombstone) for tombstone in missing).encode())
        file.flush()
        os.fsync(file.fileno())
    return len(missing)


def _to_line(tombstone: Tombstone) -> str:
    known = {
        "address_hash": tombstone.address_hash,
        "erased_at": tombstone.erased_at.isoformat(),
    }
    return json.dumps(known) + "\n"


def _drop_half_line(file: BinaryIO) -> None:
    """Cut off what a crash left of a line, and go to the end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LONGEST_LINE))
    tail = file.read()
    file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)
    file.seek(0, os.SEEK_END)


def _batches(tombstones: Iterable[Tombstone]) -> Iterator[list[Tombstone]]:
    rest = iter(tombstones)
    while batch := list(islice(rest, BATCH)):
        yield batch
