"""Erasing one person: everything at once and for good, and again after a restore.

Locks are taken in an order in which nobody who holds one waits for us: whoever stores a
reply holds the chat and then wants the user's row (its foreign key), so the user's row
is first locked in the mode that lets them, then the chats, and then the row as a whole.
From there on nothing new of this person can be committed: an inbound message that waits
finds the user gone, and the next try opens a fresh one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from db.database import Connection, Database
from db.errors import OperatorError
from db.outages import COLLISIONS, FAILURES, outages, reason_of
from db.privacy import documents
from db.privacy.acting import held as acted
from db.privacy.broadcasts import held as sent
from db.privacy.cases import held as judged
from db.privacy.erased_sids import carry_over
from db.privacy.money import held as spent
from db.privacy.proposals import held as proposed
from db.privacy.support import held
from db.privacy.tombstones import (
    Graveyard,
    Tombstone,
    check_key,
    hash_address,
    read_tombstone_file,
    read_tombstones,
    record_tombstones,
)
from db.privacy.understanding import held as understood

Done = TypeVar("Done")
MOST_SECONDS = 600.0
MOST_TRIES = 5
BATCH = 1000

LOCKS = (
    "SET LOCAL lock_timeout = '10s'",
    *proposed.LOCKS,
    "SELECT 1 FROM users WHERE user_id = %(user_id)s FOR NO KEY UPDATE",
    "SELECT 1 FROM userchats WHERE customer_id = %(user_id)s "
    "ORDER BY chat_id FOR UPDATE",
    "SELECT 1 FROM users WHERE user_id = %(user_id)s FOR UPDATE",
    # Chats that were opened meanwhile.
    "SELECT 1 FROM userchats WHERE customer_id = %(user_id)s "
    "ORDER BY chat_id FOR UPDATE",
    documents.LOCK_GAPS,
    documents.LOCK_DOCUMENTS,
)
# A number that was handed on stands with two people. It counts for the one whose
# phone_number it is: so tombstones mean one person, whatever a backup holds. Who only
# logs in is known by an e-mail address alone.
OWN_ADDRESSES = """
SELECT address, is_number AND EXISTS (
    SELECT FROM user_addresses AS other
    WHERE other.address = own.address AND other.user_id <> own.user_id) AS shared
FROM user_addresses AS own WHERE user_id = {0} AND (is_number OR NOT EXISTS (
  SELECT FROM users AS other WHERE other.phone_number = own.address))
UNION ALL
SELECT 'mailto:' || lower(email), false FROM users AS own
WHERE user_id = {0} AND email IS NOT NULL
  -- what somebody only told us may be another's: a restore would erase that one
  AND (to_jsonb(own) -> 'email_is_given') IS DISTINCT FROM 'true'
"""
ADDRESSES = OWN_ADDRESSES.format("%(user_id)s")
MOMENT = """
SELECT greatest(now(), created_at + interval '1 microsecond')
FROM users WHERE user_id = %(user_id)s
"""
CHATS = "SELECT {} FROM all_chats WHERE customer_id = %(user_id)s"
SIDS = "jsonb_path_query(messages, '$[*].message_sid') #>> '{}'"
THEIR_MESSAGES = f"""
FROM inbound_messages
WHERE address = ANY (%(unshared)s) OR message_sid IN ({CHATS.format(SIDS)})
"""
# Whoever kept their webhooks can send them again, well signed, as long as they like.
KEEP_SIDS = f"""
INSERT INTO erased_sids (sid_hash)
SELECT hash_sid(sid) FROM (
  SELECT message_sid {THEIR_MESSAGES} UNION {CHATS.format(SIDS)}
) AS theirs (sid) WHERE sid IS NOT NULL
ON CONFLICT DO NOTHING
"""  # noqa: S608
# In this order: what leads to other rows goes last.
PURGES = {
    "jobs": f"""
DELETE FROM procrastinate_jobs
WHERE lock LIKE '%%:' || %(user_id)s::text
  OR args ->> 'user_id' = %(user_id)s::text
  OR args ->> 'chat_id' IN ({CHATS.format("chat_id")})
  OR {documents.THEIR_JOBS}
""",  # noqa: S608
    **judged.PURGES,
    **proposed.FIRST,
    **documents.PURGES,
    **proposed.PURGES,
    **understood.PURGES,
    **acted.PURGES,
    **spent.PURGES,
    **sent.PURGES,
    "inbound_messages": f"DELETE {THEIR_MESSAGES}",
    "early_statuses": f"""
DELETE FROM early_statuses WHERE message_sid IN (
  SELECT message_sid FROM reply_parts WHERE {held.THEIR_PARTS}
  UNION ALL {CHATS.format(SIDS)})
""",  # noqa: S608
    "reply_parts": f"DELETE FROM reply_parts WHERE {held.THEIR_PARTS}",  # noqa: S608
    **held.PURGES,
    "userchats": "DELETE FROM userchats WHERE customer_id = %(user_id)s",
    "userchats_archive": "DELETE FROM userchats_archive "
    "WHERE customer_id = %(user_id)s",
    "opt_outs": "DELETE FROM opt_outs WHERE user_id = %(user_id)s",
    "user_aliases": "DELETE FROM user_aliases WHERE user_id = %(user_id)s",
    "users": "DELETE FROM users WHERE user_id = %(user_id)s",
}
PEOPLE = f"""
SELECT user_id, created_at, ARRAY(
  SELECT address FROM ({OWN_ADDRESSES.format("person.user_id")}) AS mine) AS addresses
FROM users AS person
WHERE user_id > %(after)s ORDER BY user_id LIMIT %(most)s
"""  # noqa: S608  (nothing of it was given)
KNOWN = """
SELECT address_hash, erased_at FROM erasures WHERE address_hash = ANY (%(hashes)s)
"""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure removed: rows by table, and the tombstones it left.

    `files` are the sha256 of bytes that lie in the folder of MEDIA_STORE still.
    """

    rows: dict[str, int]
    tombstones: list[Tombstone]
    files: list[str] = field(default_factory=list)


def erase_person(database: Database, user_id: UUID, key: bytes) -> Erased | None:
    """Erase a user with all that belongs to them, in one transaction.

    Return None if there is no such user (any more). Raises OperatorError if the
    database's tombstones were made with another key, or if it is too busy.
    """
    with outages():
        return _try_again(database, partial(_bury, user_id=user_id, key=key))


def erase_again(
    current: Database | None, restored: Database, graveyard: Graveyard
) -> int:
    """Erase from a restored database whom any tombstone names; return how many people.

    Tombstones are those of the database in use, if it can be asked, of the backup and
    of the file beside the backups. All of them stand in `restored` afterwards, and so
    does which messages were erased from the database in use.
    """
    if current:
        carry_over(current, restored)
    found = [*_known_in(current), *read_tombstones(restored)]
    found += read_tombstone_file(graveyard.file)
    if not found:
        return 0
    if graveyard.key is None:
        raise OperatorError(
            f"{len(found)} addresses of erased people must be erased again, and the "
            "key that tells whose they are is missing: set ERASURE_KEY, or put "
            "erasure.key back into DATA_FOLDER"
        )
    return apply_tombstones(restored, graveyard.key, found)


def _known_in(database: Database | None) -> list[Tombstone]:
    """Return a database's tombstones; none where it is gone or broken."""
    try:
        return list(read_tombstones(database)) if database else []
    except FAILURES:
        return []


def apply_tombstones(
    database: Database, key: bytes, tombstones: Iterable[Tombstone]
) -> int:
    """Erase again whom a restored database brought back; return how many people.

    The tombstones are stored in it too. Whoever wrote only after being erased stays.
    Raises OperatorError as `erase_person` does; it can be run again then.
    """
    with outages():
        with database.transaction(MOST_SECONDS) as connection:
            record_tombstones(connection, tombstones)
            check_key(connection, key)
        erased = 0
        for user_id in _find_brought_back(database, key):
            again = partial(_erase, user_id=user_id)
            erased += _try_again(database, again) is not None
        return erased


def _find_brought_back(database: Database, key: bytes) -> Iterator[UUID]:
    after = UUID(int=0)
    while True:
        with database.transaction(MOST_SECONDS) as connection:
            people = connection.rows(PEOPLE, {"after": after, "most": BATCH})
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
    buried = connection.rows(KNOWN, {"hashes": list(mine)})
    found = {
        mine[address_hash].user_id
        for address_hash, erased_at in buried
        if mine[address_hash].created_at < erased_at
    }
    return sorted(found)


def _try_again(database: Database, erase: Callable[[Connection], Done]) -> Done:
    """Erase; once more if PostgreSQL broke a deadlock at our cost."""
    for _ in range(MOST_TRIES):
        try:
            with database.transaction(MOST_SECONDS) as connection:
                return erase(connection)
        except COLLISIONS as error:
            reason = reason_of(error)
    raise OperatorError(
        f"the database gave no answer ({reason}): run the same command again; nobody "
        "is erased by half"
    )


def _bury(connection: Connection, user_id: UUID, key: bytes) -> Erased | None:
    erased = _erase(connection, user_id)
    if erased is None:
        return None
    moment, addresses, files, rows = erased
    tombstones = [Tombstone(hash_address(key, known), moment) for known in addresses]
    record_tombstones(connection, tombstones)
    check_key(connection, key)
    return Erased(rows, tombstones, files)


def _erase(
    connection: Connection, user_id: UUID
) -> tuple[datetime, list[str], list[str], dict[str, int]] | None:
    """Erase a user; return the moment, addresses, files, and each table's rows.

    The tombstones of whom a restore brought back keep their moment: what the person
    wrote after it may be taken in.
    """
    mine = {"user_id": user_id}
    for lock in LOCKS:
        connection.count(lock, mine)
    moment: datetime | None = connection.scalar(MOMENT, mine)
    if moment is None:
        return None
    addresses = connection.rows(ADDRESSES, mine)
    unshared = [row.address for row in addresses if not row.shared]
    known: dict[str, Any] = {**mine, "unshared": unshared}
    connection.count(KEEP_SIDS, known)
    files = connection.column(understood.FIND_FILES, mine)
    rows = {name: connection.count(purge, known) for name, purge in PURGES.items()}
    return moment, [row.address for row in addresses], files, rows
