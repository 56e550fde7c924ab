"""Operators, and what they do with people's chats."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from db.database import Database
from db.records import PersonReplied, PersonReply
from db.support.replies import record_person_reply
from tests.db.sql import rows, value
from tests.records import ANA, as_parts

HOUR = timedelta(hours=1)


def add_operator(database: Database, name: str = "Olga") -> UUID:
    """Make somebody who answers chats."""
    user_id: UUID = value(
        database,
        "INSERT INTO users (email, full_name, role)"
        " VALUES (%(email)s, %(name)s, 'supporter') RETURNING user_id",
        email=f"{name.lower()}@shop.example", name=name,
    )  # fmt: skip
    return user_id


def find_user(database: Database, address: str = ANA) -> UUID:
    """Return whose address it is."""
    found: UUID = value(
        database, "SELECT user_id FROM users WHERE phone_number = %(a)s", a=address
    )
    return found


def reply_to(
    user_id: UUID, text: str = "I am here.", *parts: str, **known: Any
) -> PersonReply:
    """Return what a person says; in one part, if `parts` says nothing."""
    given = {"reference_id": uuid4(), "lasts": HOUR, **known}
    contents = as_parts(*(parts or (text,)))
    return PersonReply(user_id=user_id, text=text, parts=contents, **given)


def says(database: Database, reply: PersonReply) -> PersonReplied:
    """Store what a person says, in a transaction of its own."""
    with database.transaction() as connection:
        return record_person_reply(connection, reply)


def events(database: Database) -> list[tuple[Any, ...]]:
    """Return what was done in tickets, in its order: its name, and by whom."""
    done = "SELECT body, author_id FROM support_messages WHERE kind = 'event'"
    return rows(database, f"{done} ORDER BY id")
