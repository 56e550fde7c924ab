"""The simulator's messages on disk: SQLite, so that a kill loses none.

Twilio's stand-in has to know after a restart what it knew before, as Twilio does: the
bot asks it for messages that never arrived. What can't be written stays in memory, and
the log says so.
"""

import json
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from bot.simulator.records import Media, Message

log = logging.getLogger(__name__)

# A kill of the process loses nothing in this mode; a power cut may lose the last
# messages, and damages no file. https://www.sqlite.org/pragma.html#pragma_synchronous
SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS contents (
  number INTEGER PRIMARY KEY AUTOINCREMENT, media_sid TEXT NOT NULL UNIQUE,
  message_sid TEXT NOT NULL, content_type TEXT NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS idx_contents_message ON contents (message_sid);
"""
PUT = """
INSERT INTO messages (sid, record) VALUES (?, ?)
ON CONFLICT (sid) DO UPDATE SET record = excluded.record
"""
PUT_CONTENT = """
INSERT OR REPLACE INTO contents (media_sid, message_sid, content_type, data)
VALUES (?, ?, ?, ?)
"""
# The newest stay, so many and so many bytes of them.
DROP_CONTENTS = """
DELETE FROM contents WHERE number IN (
  SELECT number FROM (
    SELECT number, row_number() OVER newest AS place,
           sum(length(data)) OVER newest AS bytes
    FROM contents WINDOW newest AS (ORDER BY number DESC))
  WHERE place > ? OR bytes > ?)
"""
WAIT_SECONDS = 5.0
MOMENTS = ("created_at", "updated_at", "sent_at")


class Content(NamedTuple):
    """The bytes of a picture or file."""

    content_type: str
    data: bytes


class Archive:
    """Messages and bytes of media; safe to share between threads.

    `file` is made where it is missing, for its owner's eyes only; None keeps all in
    memory. A file that is damaged is put aside; one that can't be used now, since it is
    locked or the disk is full, stays where it is, and all is kept in memory.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._lock = Lock()
        self._connection = _open_somehow(file)

    def messages(self) -> Iterator[Message]:
        """Yield all messages in the order of their creation."""
        # As bytes: a text whose encoding is damaged costs one message, not all.
        query = "SELECT CAST(record AS BLOB) FROM messages ORDER BY number"
        with self._lock:
            records = self._connection.execute(query).fetchall()
        for (record,) in records:
            try:
                yield _from_record(json.loads(record))
            except (ValueError, TypeError, KeyError) as error:
                log.warning("a message that can't be read is left out: %s", error)

    def put(self, message: Message) -> None:
        """Keep a message as it is now."""
        self._write((PUT, (message.sid, json.dumps(asdict(message), default=_text))))

    def put_content(self, media: Media, data: bytes, most: tuple[int, int]) -> None:
        """Keep the bytes of a media; of all the newest so many, and so many bytes."""
        values = (media.sid, media.message_sid, media.content_type, data)
        self._write((PUT_CONTENT, values), (DROP_CONTENTS, most))

    def content(self, media_sid: str) -> Content | None:
        """Look up the bytes of a media that a phone sent, and their type."""
        query = "SELECT content_type, data FROM contents WHERE media_sid = ?"
        try:
            with self._lock:
                row = self._connection.execute(query, (media_sid,)).fetchone()
        except sqlite3.Error as error:
            log.warning("a file can't be read: %s", error)
            return None
        return None if row is None else Content(*row)

    def forget(self, sid: str) -> None:
        """Forget a message with the bytes of its media."""
        self._write(
            ("DELETE FROM messages WHERE sid = ?", (sid,)),
            ("DELETE FROM contents WHERE message_sid = ?", (sid,)),
        )

    def forget_content(self, media_sid: str) -> None:
        """Forget the bytes of a media."""
        self._write(("DELETE FROM contents WHERE media_sid = ?", (media_sid,)))

    def close(self) -> None:
        """Write all into the one file and leave it; nothing is kept afterwards."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def __del__(self) -> None:
        with suppress(AttributeError, sqlite3.Error):
            self._connection.close()

    def _write(self, *statements: tuple[str, tuple[Any, ...]]) -> None:
        try:
            with self._lock, self._connection:  # one transaction
                for statement, values in statements:
                    self._connection.execute(statement, values)
        except sqlite3.Error as error:
            log.warning("a message is not kept for the next start: %s", error)


def _open_somehow(file: Path | None) -> sqlite3.Connection:
    """Open a file, a new one where it is broken, or memory where it can't be used."""
    if file is not None:
        for attempt in (_open, _open_new):
            try:
                return attempt(file)
            except (sqlite3.Error, OSError) as error:
                log.warning("%s can't be used: %s", file, error)
                if not _is_broken(error):
                    break
        log.warning("conversations are forgotten when the simulator ends")
    return _connect(":memory:")


def _is_broken(error: Exception) -> bool:
    """Tell damage from a lock, a full disk or too many open files, which pass."""
    is_passing = isinstance(error, sqlite3.OperationalError)
    return isinstance(error, sqlite3.DatabaseError) and not is_passing


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    return _connect(file)


def _open_new(file: Path) -> sqlite3.Connection:
    """Put a broken file aside, with its log of what it lacks, and begin a new one."""
    aside = file.with_name(f"{file.name}.broken")
    for ending in ("", "-wal"):
        part = file.with_name(file.name + ending)
        put = aside.with_name(aside.name + ending)
        put.unlink(missing_ok=True)  # an earlier one's: it would be read with this one
        if part.exists():
            part.replace(put)
    file.with_name(f"{file.name}-shm").unlink(missing_ok=True)  # of no use without it
    log.warning("it is kept as %s", aside)
    return _open(file)


def _connect(place: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=WAIT_SECONDS, check_same_thread=False)
    try:
        connection.executescript(SCHEMA)
        # Reads every page: the header alone tells of no damage behind it.
        [found] = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _text(moment: datetime) -> str:
    return moment.isoformat()


def _from_record(record: dict[str, Any]) -> Message:
    moments = {
        name: record[name] and datetime.fromisoformat(record[name]) for name in MOMENTS
    }
    media = tuple(Media(**each) for each in record["media"])
    choices = tuple(record.get("choices", ()))
    return Message(**{**record, **moments, "media": media, "choices": choices})
