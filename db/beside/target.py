"""Where a restore works: a new database beside the live one, with an owner of its own.

What an earlier restore left when it was killed is dropped first; two restores of one
database wait for each other.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg

from db.beside import new_database
from db.beside.left import Kind, find_left, name_beside
from db.beside.owner import (
    Owner,
    drop_left_owners,
    drop_owner,
    make_owner,
    opened_as,
    take_over,
)
from db.beside.rights import Rights, read_rights
from db.database import Database
from db.errors import OperatorError
from db.outages import FAILURES, first_line
from db.pool import Limits

# Copying a large table takes its time.
LIMITS = Limits(connections=3, statement_seconds=4 * 3600)
LONGEST_SECONDS = 7 * 86_400.0
ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(what)s, 0))"
Say = Callable[[str], None]


class Target:
    """The database in use, a database beside both, and the new one once it is made.

    `new` is reached as its own owner, where this role may make one.
    """

    def __init__(self, current: Database, beside: Database, name: str) -> None:
        self.current, self.beside = current, beside
        self.new = current.beside(name, LIMITS)
        self._owner: Owner | None = None

    def make(self) -> None:
        """Make the new database, empty; raises OperatorError where that is refused."""
        self._owner = make_owner(self.beside, self.new.name)
        self._create()
        self.new = opened_as(self._owner, self.new, LIMITS)

    def _create(self) -> None:
        owner = self._owner.name if self._owner else None
        new_database.create_like(self.beside, self.new.name, self.current.name, owner)

    def empty(self) -> None:
        """Have the new database as it was when it was made."""
        self.new.close()
        new_database.drop(self.beside, self.new.name)
        self._create()

    @property
    def is_confined(self) -> bool:
        """Tell whether the new database has an owner of its own."""
        return self._owner is not None

    @contextmanager
    def as_us(self) -> Iterator[Database]:
        """Yield the new database as the role reaches it that is logged in here."""
        with closing(self.current.beside(self.new.name, LIMITS)) as us:
            yield us

    def read_live_rights(self) -> Rights | None:
        """Return those of the live database; None where it can't be asked."""
        if not new_database.exists(self.beside, self.current.name):
            return None
        try:
            with self.current.transaction() as connection:
                return read_rights(connection)
        except FAILURES:
            return None

    def hand_over(self, rights: Rights) -> None:
        """Have the new database belong to whom the live one does."""
        self.new.close()
        if self._owner is not None:
            to = rights.owner or self.beside.scalar("SELECT current_user::text")
            with self.as_us() as us:
                take_over(us, self._owner, rights, to)
            self._owner = None
        new_database.make_like(self.beside, self.new.name, self.current.name)

    def drop(self) -> None:
        """Drop the new database and its owner."""
        self.new.close()
        new_database.drop(self.beside, self.new.name)
        if self._owner is not None:
            drop_owner(self.beside, self._owner.name)


@contextmanager
def aimed(database: Database, kind: Kind, say: Say) -> Iterator[Target]:
    """Yield the target of a restore; nobody else restores this database meanwhile.

    Raises OperatorError where somebody does.
    """
    with alone(database) as beside:
        sweep(beside, database.name, say)
        target = Target(database, beside, name_beside(database.name, kind))
        try:
            yield target
        finally:
            target.new.close()


@contextmanager
def alone(database: Database) -> Iterator[Database]:
    """Yield a database beside; nobody else restores. Raises OperatorError."""
    with (
        database.maintenance(LIMITS) as beside,
        beside.transaction(idle_seconds=LONGEST_SECONDS) as held,
    ):
        if not held.scalar(ALONE, {"what": f"restore of {database.name}"}):
            raise OperatorError(
                f"another restore or drill of {database.name} is running: wait for it"
            )
        yield beside


def sweep(beside: Database, live: str, say: Say) -> None:
    """Drop what restores and drills left that were killed: they were not finished."""
    for left in find_left(beside, live):
        if left.kind != "before":
            _drop(beside, left.name, "left by one that was cut short", say)
    drop_left_owners(beside, live)


def drop_older(beside: Database, live: str, say: Say) -> None:
    """Drop the databases that were replaced; the newest stays, as the way back."""
    befores = [left for left in find_left(beside, live) if left.kind == "before"]
    for left in befores[:-1]:
        _drop(beside, left.name, "which an earlier restore left", say)


def _drop(beside: Database, name: str, why: str, say: Say) -> None:
    """Drop what is in nobody's way: where that fails, the rest goes on."""
    try:
        new_database.drop(beside, name)
    except psycopg.Error as error:
        say(f"{name}, {why}, could not be dropped: {first_line(error)}")
    else:
        say(f"Dropped {name}, {why}")
