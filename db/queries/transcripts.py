"""Transcripts for people: find them, show one, read all of them in a stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from db.database import Connection
from db.errors import OperatorError
from db.models import all_chats, chat_overview, users
from db.queries.people import NobodyError, Person, find_person

MOST_NAMED = 5
CHAT_ID_SIGNS = set("0123456789abcdef")
# By their ids, which stand in the messages; who is gone has no name any more.
AUTHORS: ColumnElement[Any] = literal_column("""
COALESCE((
  SELECT jsonb_object_agg(user_id, COALESCE(full_name, email)) FROM users
  WHERE user_id IN (
    SELECT (author #>> '{}')::uuid FROM jsonb_path_query(all_chats.messages,
      '$[*].author ? (@ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")'
    ) AS author)), '{}')
""")
TRANSCRIPT = select(
    all_chats.c.chat_id,
    func.coalesce(users.c.phone_number, users.c.email).label("phone_number"),
    users.c.full_name,
    *all_chats.c[
        "is_active", "archived", "created_at", "updated_at", "metadata", "messages"
    ],
    AUTHORS.label("authors"),
).join_from(all_chats, users, users.c.user_id == all_chats.c.customer_id)

HELD = """
SELECT reference_id::text FROM reply_parts
WHERE chat_id = %(chat_id)s AND status = 'held'
"""


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
    """A chat with its messages as they are stored.

    `authors` are the names of the operators who wrote some, by their user_id.
    """

    chat_id: str
    phone_number: str
    full_name: str | None
    is_active: bool
    archived: bool
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any]
    messages: list[dict[str, Any]]
    authors: dict[str, str | None]

    def author_of(self, message: Mapping[str, Any]) -> str | None:
        """Return who of ours wrote a message; None: nobody did, but the bot or them."""
        author = message.get("author")
        return None if author is None else self.authors.get(str(author)) or "a person"


def find_chats(
    connection: Connection, user_id: UUID | None, most: int, *, only_active: bool
) -> list[ChatLine]:
    """Return chats, the last changed first; of one user, if one is given."""
    wanted = _of_user(select(all_chats.c.chat_id), user_id)
    if only_active:
        wanted = wanted.where(all_chats.c.is_active)
    # The newest first, then what is told of them: not of all chats.
    newest = (
        wanted.order_by(all_chats.c.updated_at.desc(), all_chats.c.chat_id)
        .limit(most)
        .subquery("newest")
    )
    chat = chat_overview.c
    told = chat[
        "chat_id", "phone_number", "full_name", "is_active", "archived", "messages",
        "last_message_at", "last_message",
    ]  # fmt: skip
    lines = (
        select(*told)
        .join_from(newest, chat_overview, chat.chat_id == newest.c.chat_id)
        .order_by(chat.last_message_at.desc(), chat.chat_id)
    )
    return connection.read(ChatLine, lines)


def load_transcript(connection: Connection, prefix: str) -> Transcript:
    """Return the chat whose id begins like that.

    Raises OperatorError where there is none, or more than one.
    """
    if not set(prefix) <= CHAT_ID_SIGNS:
        raise OperatorError(f"{prefix!r} is no chat_id: it has the signs 0-9 and a-f")
    chat_id = all_chats.c.chat_id
    # No chat_id has a letter beyond f.
    wanted = TRANSCRIPT.where(chat_id >= prefix, chat_id < prefix + "g")
    found = connection.read(Transcript, wanted.order_by(chat_id).limit(MOST_NAMED))
    if not found:
        raise OperatorError(f"no chat_id begins with {prefix}: see `bot chats list`")
    if len(found) > 1:
        ids = ", ".join(transcript.chat_id for transcript in found)
        raise OperatorError(f"more than one chat_id begins with {prefix!r}: {ids} …")
    return found[0]


def find_held(connection: Connection, chat_id: str) -> frozenset[str]:
    """Return a chat's replies (reference_id) that wait for their user to write."""
    return frozenset(connection.column(HELD, {"chat_id": chat_id}))


def find_customer(connection: Connection, given: str) -> Person:
    """Return who has an address, a user_id, or a chat whose id begins like that.

    Raises OperatorError where that is nobody, or more than one.
    """
    try:
        return find_person(connection, given)
    except NobodyError:
        chat_id = all_chats.c.chat_id
        theirs = select(all_chats.c.customer_id).distinct().limit(2)
        begins = theirs.where(chat_id >= given, chat_id < given + "g")
        is_id = bool(given) and set(given) <= CHAT_ID_SIGNS
        found = connection.column(begins) if is_id else []
    if not found:
        raise OperatorError(
            f"nobody has the address {given}, and no chat_id begins with it: see `bot "
            "users list` and `bot chats list`"
        )
    if len(found) > 1:
        raise OperatorError(f"chats of several people begin with {given}: give more")
    return find_person(connection, str(found[0]))


def count_transcripts(connection: Connection, user_id: UUID | None) -> int:
    """Return how many chats `read_transcripts` will yield."""
    counted = select(func.count()).select_from(all_chats)
    return int(connection.scalar(_of_user(counted, user_id)))


def read_transcripts(
    connection: Connection, user_id: UUID | None
) -> Iterator[Transcript]:
    """Yield all chats, or those of one user, the oldest first, archived ones too.

    They come through a cursor on the server; a lot at a time is in memory.
    """
    oldest = TRANSCRIPT.order_by(all_chats.c.created_at, all_chats.c.chat_id)
    for row in connection.stream(_of_user(oldest, user_id)):
        yield Transcript(**row._asdict())


def _of_user(statement: Select[Any], user_id: UUID | None) -> Select[Any]:
    if user_id is None:
        return statement
    return statement.where(all_chats.c.customer_id == user_id)
