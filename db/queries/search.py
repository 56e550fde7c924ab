"""Search in all transcripts (see the functions of migration 0016)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from psycopg.errors import Diagnostic

from db.database import Connection

# What was found, between characters that are taken out of the message before.
FOUND_FROM, FOUND_TO = "\x02", "\x03"
SEARCH = """
SELECT chat_id, phone_number, full_name, position, role, sent_at, search_snippet(
         translate(content, %(found_from)s || %(found_to)s, ''),
         search_query(%(words)s, 'whole'), %(found_from)s, %(found_to)s) AS snippet
FROM search_messages(%(words)s, %(most)s, %(most_chats)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A message that was found; in `snippet`, words stand in FOUND_FROM … FOUND_TO."""

    chat_id: str
    phone_number: str
    full_name: str | None
    position: int
    role: str
    sent_at: datetime | None
    snippet: str

    def pieces(self) -> list[str]:
        """Return the snippet in pieces; each second one is what was found."""
        return self.snippet.replace(FOUND_TO, FOUND_FROM).split(FOUND_FROM)


@dataclass(frozen=True, slots=True)
class Findings:
    """The newest messages found; `is_cut`: some chats were not looked into."""

    hits: tuple[Hit, ...]
    is_cut: bool


def search_messages(
    connection: Connection, words: str, most: int, most_chats: int
) -> Findings:
    """Return the newest messages with all of the words, `most` of them at most.

    `"in quotes"` is a phrase, `wor*` a beginning. Of the active chats, and of the
    others that have all of the words, the newest `most_chats` are looked into.
    """
    parameters = {
        "words": words.replace("\0", " "),
        "most": most,
        "most_chats": most_chats,
        "found_from": FOUND_FROM,
        "found_to": FOUND_TO,
    }
    with _warnings(connection) as warnings:
        hits = tuple(connection.read(Hit, SEARCH, parameters))
    return Findings(hits, is_cut=bool(warnings))


@contextmanager
def _warnings(connection: Connection) -> Iterator[list[str]]:
    """Collect what the server warns of meanwhile."""
    told: list[str] = []

    def note(diagnostic: Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            told.append(diagnostic.message_primary or "")

    connection.driver.add_notice_handler(note)
    try:
        yield told
    finally:
        connection.driver.remove_notice_handler(note)
