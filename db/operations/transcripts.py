"""Transcripts for people: find them, show one, read all of them in a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from db.errors import OperatorError

# Chats are fetched in lots of so many: memory holds one lot, however many there are.
LOT = 20
MOST_NAMED = 5

FIND_USER = text("""
SELECT user_id FROM users WHERE phone_number = :address
UNION SELECT user_id FROM user_aliases WHERE address = :address
""")
# The newest first, then what is told of them: not of all chats.
FIND_CHATS = text("""
SELECT chat_id, phone_number, full_name, is_active, archived, messages,
       last_message_at, last_message
FROM (
  SELECT chat_id FROM all_chats
  WHERE (CAST(:user_id AS uuid) IS NULL OR customer_id = :user_id)
    AND (is_active OR NOT :only_active)
  ORDER BY updated_at DESC, chat_id LIMIT :most
) AS newest JOIN chat_overview USING (chat_id)
ORDER BY last_message_at DESC, chat_id
""")
TRANSCRIPT = """
SELECT chat_id, phone_number, full_name, chats.is_active, archived,
       chats.created_at, chats.updated_at, metadata, messages
FROM all_chats AS chats JOIN users ON user_id = customer_id
"""
# No chat_id has a letter beyond f.
BY_ID = "WHERE chat_id >= :prefix AND chat_id < :prefix || 'g'"
FIND_BY_ID = text(f"{TRANSCRIPT} {BY_ID} ORDER BY chat_id LIMIT :most")
OF_USER = "WHERE CAST(:user_id AS uuid) IS NULL OR customer_id = :user_id"
COUNT = text(f"SELECT count(*) FROM all_chats {OF_USER}")  # noqa: S608
READ_ALL = text(f"{TRANSCRIPT} {OF_USER} ORDER BY chats.created_at, chat_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """What a list tells of a chat."""

    chat_id: str
    phone_number: str
    full_name: str | None
    is_active: bool
    archived: bool
    messages: int
    last_message_at: datetime
    last_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A chat with its messages as they are stored."""

    chat_id: str
    phone_number: str
    full_name: str | None
    is_active: bool
    archived: bool
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any]
    messages: list[dict[str, Any]]


def find_user_id(connection: Connection, address: str) -> UUID:
    """Return whose address this is; without `whatsapp:` it is added.

    Raises OperatorError if nobody has it.
    """
    full = address if address.startswith("whatsapp:") else f"whatsapp:{address}"
    found: UUID | None = connection.execute(FIND_USER, {"address": full}).scalar()
    if found is None:
        raise OperatorError(
            f"nobody wrote from {full}: `bot chats list` shows addresses, to be given "
            "as they stand there"
        )
    return found


def find_chats(
    connection: Connection, user_id: UUID | None, most: int, *, only_active: bool
) -> list[ChatLine]:
    """Return chats, the last changed first; of one user, if one is given."""
    wanted = {"user_id": user_id, "only_active": only_active, "most": most}
    rows = connection.execute(FIND_CHATS, wanted).mappings()
    return [ChatLine(**row) for row in rows]


def load_transcript(connection: Connection, prefix: str) -> Transcript:
    """Return the chat whose id begins like that.

    Raises OperatorError where there is none, or more than one.
    """
    if not set(prefix) <= set("0123456789abcdef"):
        raise OperatorError(f"{prefix!r} is no chat_id: it has the signs 0-9 and a-f")
    wanted = {"prefix": prefix, "most": MOST_NAMED}
    found = connection.execute(FIND_BY_ID, wanted).mappings().all()
    if not found:
        raise OperatorError(f"no chat_id begins with {prefix}: see `bot chats list`")
    if len(found) > 1:
        ids = ", ".join(row["chat_id"] for row in found)
        raise OperatorError(f"more than one chat_id begins with {prefix!r}: {ids} …")
    return Transcript(**found[0])


def count_transcripts(connection: Connection, user_id: UUID | None) -> int:
    """Return how many chats `read_transcripts` will yield."""
    return int(connection.execute(COUNT, {"user_id": user_id}).scalar_one())


def read_transcripts(
    connection: Connection, user_id: UUID | None
) -> Iterator[Transcript]:
    """Yield all chats, or those of one user, the oldest first, archived ones too.

    They come through a cursor on the server; a lot at a time is in memory.
    """
    streamed = connection.execution_options(yield_per=LOT)
    for row in streamed.execute(READ_ALL, {"user_id": user_id}).mappings():
        yield Transcript(**row)
