"""Canned replies: texts that operators send often, and what is filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from db.database import Connection
from db.errors import OperatorError
from db.records import to_storable

MOST_REPLIES = 200
LONGEST_TITLE = 80
LONGEST_BODY = 4000
VARIABLES = ("name", "operator", "ticket")
GAP = re.compile(r"\{(" + "|".join(VARIABLES) + r")\}")

LIST = "SELECT id, title, body FROM canned_replies ORDER BY title, id LIMIT %(most)s"
COUNT = "SELECT count(*) FROM canned_replies"
ADD = """
INSERT INTO canned_replies (title, body) VALUES (%(title)s, %(body)s) RETURNING id
"""
CHANGE = """
UPDATE canned_replies SET title = %(title)s, body = %(body)s WHERE id = %(id)s
"""
REMOVE = "DELETE FROM canned_replies WHERE id = %(id)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedReply:
    """A text that operators choose by its title."""

    id: int
    title: str
    body: str

    def filled(self, known: Mapping[str, str]) -> str:
        """Return the text with {name}, {operator} and {ticket} filled in.

        What is filled in is not looked at again: a name may hold such a gap itself.
        """
        return GAP.sub(lambda gap: known.get(gap[1], ""), self.body)


def list_canned(connection: Connection) -> list[CannedReply]:
    """Return them by title, MOST_REPLIES at most."""
    return connection.read(CannedReply, LIST, {"most": MOST_REPLIES})


def add_canned(connection: Connection, title: str, body: str) -> int:
    """Add one; return its number. Raises OperatorError, which ends the transaction."""
    known = _read(title, body)
    if connection.scalar(COUNT) >= MOST_REPLIES:
        raise OperatorError(
            f"There are {MOST_REPLIES} canned replies already: remove one first."
        )
    try:
        return int(connection.scalar(ADD, known))
    except psycopg.errors.UniqueViolation as error:
        raise _taken(title) from error


def change_canned(
    connection: Connection, canned_id: int, title: str, body: str
) -> bool:
    """Change one; False if it is gone. Raises OperatorError, as `add_canned` does."""
    try:
        return connection.count(CHANGE, {**_read(title, body), "id": canned_id}) > 0
    except psycopg.errors.UniqueViolation as error:
        raise _taken(title) from error


def remove_canned(connection: Connection, canned_id: int) -> bool:
    """Remove one; False if it was gone."""
    return connection.count(REMOVE, {"id": canned_id}) > 0


def _read(title: str, body: str) -> dict[str, str]:
    shown, text = " ".join(to_storable(title).split()), to_storable(body).strip()
    if not shown or not text:
        raise OperatorError("A canned reply needs a title and a text.")
    for what, given, most in (
        ("title", shown, LONGEST_TITLE),
        ("text", text, LONGEST_BODY),
    ):
        if len(given) > most:
            raise OperatorError(
                f"The {what} has {len(given)} characters, and may have {most}."
            )
    return {"title": shown, "body": text}


def _taken(title: str) -> OperatorError:
    return OperatorError(
        f"There is a canned reply “{' '.join(title.split())}” already: choose another "
        "title."
    )
