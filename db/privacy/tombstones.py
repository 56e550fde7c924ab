"""Tombstones of erased people: keyed hashes of their addresses, no personal data.

Without the key nobody can tell whose they are: addresses are few enough to be tried
one by one against a plain hash.
"""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from db.database import Connection, Database
from db.errors import OperatorError
from db.files import make_private_folder, open_own, write_once
from db.outages import outages

BATCH = 1000
FILE_NAME = "erasures.jsonl"
KEY_FILE_NAME = "erasure.key"
READING_SECONDS = 60.0
LONG_AGO = datetime.min.replace(tzinfo=UTC)
LONGEST_LINE = 4096  # bytes; ours have some 150

RECORD = """
INSERT INTO erasures AS known (address_hash, erased_at)
SELECT address_hash, max(erased_at)
FROM unnest(%(hashes)s::text[], %(times)s::timestamptz[])
  AS told (address_hash, erased_at)
GROUP BY address_hash
ON CONFLICT (address_hash)
  DO UPDATE SET erased_at = greatest(known.erased_at, EXCLUDED.erased_at)
"""
FOREIGN = """
SELECT count(*) FROM erasures WHERE NOT starts_with(address_hash, %(own)s)
"""
ALL = "SELECT address_hash, erased_at FROM erasures ORDER BY address_hash"
WAS_ERASED = """
SELECT EXISTS (SELECT FROM erasures
  WHERE address_hash = ANY (%(hashes)s) AND erased_at >= %(sent_at)s)
"""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One address of a person who was erased: what came before `erased_at` is gone."""

    address_hash: str
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class Graveyard:
    """Where tombstones are kept beside the database, and the key they are made with."""

    file: Path
    key: bytes | None = field(repr=False)


def find_key(configured: str | None, folder: Path) -> bytes | None:
    """Return the key (ERASURE_KEY, else the folder's file), or None where none is yet.

    Raises OperatorError if the file can't be read or is empty.
    """
    if configured:
        return configured.encode()
    path = folder / KEY_FILE_NAME
    try:
        key = path.read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OperatorError(
            f"{path} can't be read ({error.strerror}): run this as its owner, or set "
            "ERASURE_KEY"
        ) from None
    if not key:
        raise OperatorError(f"{path} is empty: put the key back, or delete the file")
    return key


def make_key(folder: Path) -> Path:
    """Write a new key into the folder, for its owner alone; return the file.

    If somebody else was faster, theirs stays. Raises OperatorError if the folder can't
    be written.
    """
    path = folder / KEY_FILE_NAME
    try:
        make_private_folder(folder)
        write_once(path, secrets.token_urlsafe(32) + "\n")
    except OSError as error:
        raise OperatorError(
            f"{path} can't be written ({error.strerror}): set ERASURE_KEY, or "
            "DATA_FOLDER to a folder that can be written"
        ) from None
    return path


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
        connection.count(RECORD, known)


def check_key(connection: Connection, key: bytes) -> None:
    """Raise OperatorError if the database holds tombstones made with another key."""
    foreign = connection.scalar(FOREIGN, {"own": _mark_of(key)})
    if foreign:
        raise OperatorError(
            f"{foreign} tombstones of erased people were made with another key: set "
            "ERASURE_KEY to the one that they were made with (by default it lies in "
            "DATA_FOLDER/erasure.key). If it is lost, nobody can tell whose they are: "
            "then delete them from the table erasures and from erasures.jsonl, and "
            "erase these people again by hand"
        )


def was_erased(
    database: Database,
    key: bytes,
    addresses: Iterable[str],
    sent_at: datetime = LONG_AGO,
) -> bool:
    """Tell whether who has one of the addresses was erased, after that moment.

    Twilio still lists what they wrote, and nothing of ours knows it any more. Raises
    StoreUnavailableError.
    """
    hashes = [hash_address(key, address) for address in addresses]
    with outages():
        return bool(database.scalar(WAS_ERASED, {"hashes": hashes, "sent_at": sent_at}))


def count_tombstones(database: Database) -> int:
    """Return how many a database holds. Raises StoreUnavailableError."""
    with outages():
        return int(database.scalar("SELECT count(*) FROM erasures") or 0)


def read_tombstones(database: Database) -> Iterator[Tombstone]:
    """Yield the tombstones that a database holds, whatever migration it is at.

    Raises psycopg's errors: only the caller knows whether it may be away.
    """
    with database.transaction(READING_SECONDS, snapshot=True) as connection:
        for row in connection.stream(ALL, lot=BATCH):
            yield Tombstone(row.address_hash, row.erased_at)


def read_tombstone_file(path: Path) -> Iterator[Tombstone]:
    """Yield the tombstones of a file `erasures.jsonl`; none where it is missing.

    A last line that a crash cut off is left out: the erasure stands in the database.
    Raises OperatorError for any other line that is none.
    """
    if not path.exists():
        return
    with path.open(errors="replace") as file:
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


def append_missing(database: Database, folder: Path) -> int:
    """Bring the folder's file up to what the database holds; return how many it lacked.

    They survive the loss of the database there. What a crash kept out of the file comes
    in the next time. On disk when this returns. Raises OSError, OperatorError and
    psycopg's errors.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE_NAME
    with open_own(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = {t.address_hash: t.erased_at for t in read_tombstone_file(path)}
        missing = [
            tombstone
            for tombstone in read_tombstones(database)
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
