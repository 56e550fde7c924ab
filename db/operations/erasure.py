"""Erasing one person: everything at once and for good, and again after a restore.

Locks are taken in an order in which nobody who holds one waits for us: whoever stores a
reply holds the chat and then wants the user's row (its foreign key), so the user's row
is first locked in the mode that lets them, then the chats, and then the row as a whole.
From there on nothing new of this person can be committed: an inbound message that waits
finds the user gone, and the next try opens a fresh one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine, bindparam, exc, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from db.errors import OperatorError
from db.operations.tombstones import (
    Tombstone,
    check_key,
    hash_address,
    read_tombstone_file,
    read_tombstones,
    record_tombstones,
)
from db.operations.writing import writing

__all__ = [
    "Erased",
    "Tombstone",
    "apply_tombstones",
    "erase_person",
    "read_tombstone_file",
    "read_tombstones",
]

Done = TypeVar("Done")
MOST_SECONDS = 600.0
MOST_TRIES = 5
COLLISIONS = {"DeadlockDetected", "LockNotAvailable"}
BATCH = 1000

LOCKS = (
    "SET LOCAL lock_timeout = '10s'",
    "SELECT 1 FROM users WHERE user_id = :user_id FOR NO KEY UPDATE",
    "SELECT 1 FROM userchats WHERE customer_id = :user_id ORDER BY chat_id FOR UPDATE",
    "SELECT 1 FROM users WHERE user_id = :user_id FOR UPDATE",
    # Chats that were opened meanwhile.
    "SELECT 1 FROM userchats WHERE customer_id = :user_id ORDER BY chat_id FOR UPDATE",
)
# A number that was handed on stands with two people. It counts for the one whose
# phone_number it is: so tombstones mean one person, whatever a backup holds.
OWN_ADDRESSES = """
SELECT phone_number AS address,
       EXISTS (SELECT FROM user_aliases AS other
               WHERE other.address = phone_number AND other.user_id <> {0}) AS shared
FROM users WHERE user_id = {0}
UNION
SELECT address, false FROM user_aliases AS alias
WHERE user_id = {0} AND NOT EXISTS (
  SELECT FROM users AS other WHERE other.phone_number = address)
"""
ADDRESSES = text(OWN_ADDRESSES.format(":user_id"))
MOMENT = text("""
SELECT greatest(now(), created_at + interval '1 microsecond')
FROM users WHERE user_id = :user_id
""")
CHATS = "SELECT {} FROM all_chats WHERE customer_id = :user_id"
SIDS = "jsonb_path_query(messages, '$[*].message_sid') #>> '{}'"
# In this order: what leads to other rows goes last.
PURGES = {
    "jobs": f"""
DELETE FROM procrastinate_jobs
WHERE lock LIKE '%:' || CAST(:user_id AS text)
  OR args ->> 'user_id' = CAST(:user_id AS text)
  OR args ->> 'chat_id' IN ({CHATS.format("chat_id")})
""",  # noqa: S608
    "inbound_messages": f"""
DELETE FROM inbound_messages
WHERE address = ANY (:unshared) OR message_sid IN ({CHATS.format(SIDS)})
""",  # noqa: S608
    "early_statuses": f"""
DELETE FROM early_statuses WHERE message_sid IN (
  SELECT message_sid FROM reply_parts WHERE user_id = :user_id
  UNION ALL {CHATS.format(SIDS)})
""",  # noqa: S608
    "reply_parts": "DELETE FROM reply_parts WHERE user_id = :user_id",
    "userchats": "DELETE FROM userchats WHERE customer_id = :user_id",
    "userchats_archive": "DELETE FROM userchats_archive WHERE customer_id = :user_id",
    "opt_outs": "DELETE FROM opt_outs WHERE user_id = :user_id",
    "user_aliases": "DELETE FROM user_aliases WHERE user_id = :user_id",
    "users": "DELETE FROM users WHERE user_id = :user_id",
}
PEOPLE = text(f"""
SELECT user_id, created_at, ARRAY(
  SELECT address FROM ({OWN_ADDRESSES.format("person.user_id")}) AS own) AS addresses
FROM users AS person
WHERE user_id > :after ORDER BY user_id LIMIT :most
""")  # noqa: S608  (nothing of it was given)
KNOWN = text(
    "SELECT address_hash, erased_at FROM erasures WHERE address_hash = ANY (:hashes)"
).bindparams(bindparam("hashes", type_=ARRAY(TEXT)))


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure removed: rows by table, and the tombstones it left."""

    rows: dict[str, int]
    tombstones: list[Tombstone]


def erase_person(url: str, user_id: UUID, key: bytes) -> Erased | None:
    """Erase a user with all that belongs to them, in one transaction.

    Return None if there is no such user (any more). Raises OperatorError if the
    database's tombstones were made with another key, or if it is too busy.
    """
    with writing(url, MOST_SECONDS) as engine:
        return _try_again(engine, partial(_bury, user_id=user_id, key=key))


def apply_tombstones(url: str, key: bytes, tombstones: Iterable[Tombstone]) -> int:
    """Erase again whom a restored database brought back; return how many people.

    The tombstones are stored in it too. Whoever wrote only after being erased stays.
    Raises OperatorError as `erase_person` does; it can be run again then.
    """
    with writing(url, MOST_SECONDS) as engine:
        with engine.begin() as connection:
            record_tombstones(connection, tombstones)
            check_key(connection, key)
        erased = 0
        for user_id in _find_brought_back(engine, key):
            erased += _try_again(engine, partial(_erase, user_id=user_id)) is not None
        return erased


def _find_brought_back(engine: Engine, key: bytes) -> Iterator[UUID]:
    after = UUID(int=0)
    while True:
        with engine.begin() as connection:
            known = {"after": after, "most": BATCH}
            people = connection.execute(PEOPLE, known).all()
            found = _match(connection, key, people)
        if not people:
            return
        yield from found
        after = people[-1].user_id


def _match(connection: Connection, key: bytes, people: Iterable[Any]) -> list[UUID]:
    """Return which of the people were erased after they first wrote."""
    mine = {
        hash_address(key, address): person
        for person in people
        for address in person.addresses
    }
    buried = connection.execute(KNOWN, {"hashes": list(mine)}).all()
    found = {
        mine[address_hash].user_id
        for address_hash, erased_at in buried
        if mine[address_hash].created_at < erased_at
    }
    return sorted(found)


def _try_again(engine: Engine, erase: Callable[[Connection], Done]) -> Done:
    """Erase; once more if PostgreSQL broke a deadlock at our cost."""
    for _ in range(MOST_TRIES):
        try:
            with engine.begin() as connection:
                return erase(connection)
        except exc.OperationalError as error:
            reason = type(error.orig).__name__
            if reason not in COLLISIONS:
                break
    raise OperatorError(
        f"the database gave no answer ({reason}): run the same command again; nobody "
        "is erased by half"
    )


def _bury(connection: Connection, user_id: UUID, key: bytes) -> Erased | None:
    erased = _erase(connection, user_id)
    if erased is None:
        return None
    moment, addresses, rows = erased
    tombstones = [Tombstone(hash_address(key, known), moment) for known in addresses]
    record_tombstones(connection, tombstones)
    check_key(connection, key)
    return Erased(rows, tombstones)


def _erase(
    connection: Connection, user_id: UUID
) -> tuple[datetime, list[str], dict[str, int]] | None:
    """Erase a user; return the moment, the addresses, and how many rows of each table.

    The tombstones of whom a restore brought back keep their moment: what the person
    wrote after it may be taken in.
    """
    mine = {"user_id": user_id}
    for lock in LOCKS:
        connection.execute(text(lock), mine if ":user_id" in lock else {})
    moment: datetime | None = connection.execute(MOMENT, mine).scalar()
    if moment is None:
        return None
    addresses = connection.execute(ADDRESSES, mine).all()
    unshared = [row.address for row in addresses if not row.shared]
    rows = {name: _purge(connection, name, user_id, unshared) for name in PURGES}
    return moment, [row.address for row in addresses], rows


def _purge(
    connection: Connection, name: str, user_id: UUID, unshared: list[str]
) -> int:
    statement, known = text(PURGES[name]), {"user_id": user_id}
    if ":unshared" in PURGES[name]:
        statement = statement.bindparams(bindparam("unshared", type_=ARRAY(TEXT)))
        return connection.execute(statement, {**known, "unshared": unshared}).rowcount
    return connection.execute(statement, known).rowcount
