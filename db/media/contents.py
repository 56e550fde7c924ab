"""The bytes of what people send and are sent: each content once, by its sha256.

They lie in the database, or as files in the folder that MEDIA_STORE names: there the
row says that a content is kept, and its file is moved into place before the row is
committed. Both wait for the row's lock, so that nothing sweeps up what is just put.
"""

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from db.database import Database, Statements
from db.outages import outages, repeat_once

log = logging.getLogger(__name__)

# What came again is as young as if it were new: nothing drops it meanwhile.
KEEP = """
INSERT INTO media_contents (sha256, media_type, size, content)
VALUES (%(sha256)s, %(media_type)s, %(size)s, %(content)s)
ON CONFLICT (sha256) DO UPDATE
  SET created_at = now(), content = COALESCE(media_contents.content, EXCLUDED.content)
RETURNING content IS NULL
"""
FIND = "SELECT content FROM media_contents WHERE sha256 = %(sha256)s"
UNFINISHED = ".part"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Bytes that are to be kept; of a folder, their file is written already."""

    content: bytes
    media_type: str
    sha256: bytes
    file: Path | None = None


class MediaContents:
    """Keeps bytes, and gives them back; without a `folder` the database has them."""

    def __init__(self, database: Database, folder: Path | None = None) -> None:
        self._database = database
        self.folder = folder

    def prepare(self, content: bytes, media_type: str) -> Prepared:
        """Write what takes long, outside any transaction. Raises OSError."""
        digest = sha256(content)
        file = None
        if self.folder is not None:
            file = _write_beside(path_of(self.folder, digest.hexdigest()), content)
        return Prepared(content, media_type, digest.digest(), file)

    def keep(self, statements: Statements, prepared: Prepared) -> None:
        """Keep it, in the transaction that stores what names it."""
        row = {
            "sha256": prepared.sha256,
            "media_type": prepared.media_type,
            "size": len(prepared.content),
            "content": None if self.folder else prepared.content,
        }
        is_file = statements.scalar(KEEP, row)
        if is_file and self.folder is not None and prepared.file is not None:
            _move(prepared.file, path_of(self.folder, prepared.sha256.hex()))

    def discard(self, prepared: Prepared) -> None:
        """Remove what was prepared, and not kept."""
        if prepared.file is not None:
            prepared.file.unlink(missing_ok=True)

    @contextmanager
    def prepared(self, content: bytes, media_type: str) -> Iterator[Prepared]:
        """Yield what `keep` takes; what it did not keep is removed. Raises OSError."""
        prepared = self.prepare(content, media_type)
        try:
            yield prepared
        finally:
            self.discard(prepared)

    def put(self, content: bytes, media_type: str) -> str:
        """Keep bytes by themselves; return their sha256 in hexadecimal.

        Who puts them names them within a day, or they are dropped. Raises
        StoreUnavailableError and OSError.
        """
        with (
            self.prepared(content, media_type) as prepared,
            outages(),
            self._database.transaction() as connection,
        ):
            self.keep(connection, prepared)
        return prepared.sha256.hex()

    def read(self, sha256_hex: str) -> bytes | None:
        """Return bytes; None: they are gone. Raises StoreUnavailableError."""
        asked = {"sha256": bytes.fromhex(sha256_hex)}
        row = repeat_once(lambda: self._database.first(FIND, asked))
        if row is None:
            return None
        if row.content is not None:
            return bytes(row.content)
        return read_file(self.folder, sha256_hex)


def read_file(folder: Path | None, sha256_hex: str) -> bytes | None:
    """Return bytes that lie in the folder of MEDIA_STORE; None: they are gone."""
    if folder is None:
        log.error("bytes lie in a folder, and MEDIA_STORE names none any more")
        return None
    try:
        content = path_of(folder, sha256_hex).read_bytes()
    except OSError as error:
        log.error("bytes can't be read: %s", type(error).__name__)  # noqa: TRY400
        return None
    if sha256(content).hexdigest() != sha256_hex:
        log.error("a file of MEDIA_STORE is not what was put there: %s", sha256_hex)
        return None
    return content


def path_of(folder: Path, sha256_hex: str) -> Path:
    """Return where a content lies in a folder."""
    return folder / sha256_hex[:2] / sha256_hex


def _write_beside(path: Path, content: bytes) -> Path:
    """Write a file that nobody else has, for its owner alone; then it is on disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
    written = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(written, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    return beside


def _move(file: Path, path: Path) -> None:
    file.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
