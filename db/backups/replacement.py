"""Putting a database in the live one's place: a restored one, or the one of before.

It is told first whom to forget and what has happened since; nobody can read it by the
live one's name until then, and nobody can write to the live one meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from db import schema
from db.backups.since_backup import (
    Open,
    SinceBackup,
    UnreadableError,
    doubt_all,
    find_open,
    tell_what_happened,
)
from db.beside import new_database
from db.beside.left import Left, find_left, name_beside
from db.beside.target import LIMITS, Say, Target, alone, drop_older, sweep
from db.database import Database
from db.errors import OperatorError
from db.knowledge.versions import find_older
from db.outages import FAILURES, explained
from db.privacy.erasure import erase_again
from db.privacy.tombstones import Graveyard


@dataclass(frozen=True, slots=True)
class Past:
    """A database of another time: when it was made, whom it must forget.

    `parted`: the live one does not come from it, as it does from its own backup.
    """

    made_at: datetime
    graveyard: Graveyard
    say: Say
    parted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What came of it.

    `erased`: people whom tombstones removed again. `before` names the database that was
    replaced, if there was one; `unread` why it could not be asked. `older`: documents
    (id and title) that were replaced or removed there, and are served again.
    """

    made_at: datetime
    erased: int
    since: SinceBackup
    before: str | None
    unread: str | None
    older: list[str]


def put_in_place(
    target: Target, past: Past, made_whole: Callable[[], None] = lambda: None
) -> Replaced:
    """Prepare the target's new database and put it in the live one's place.

    `made_whole` is called just before that. Raises OperatorError and psycopg's errors;
    the live one is as it was then.
    """
    open_ones = find_open(target.new)
    if not new_database.exists(target.beside, target.current.name):
        return _prepare_and_swap(target, past, open_ones, made_whole, is_there=False)
    with _writes_stopped(target, past.say):
        return _prepare_and_swap(target, past, open_ones, made_whole, is_there=True)


@contextmanager
def _writes_stopped(target: Target, say: Say) -> Iterator[None]:
    name = target.current.name
    undo = f'ALTER DATABASE "{name}" RESET {new_database.OURS}'
    say(
        f"Stopping writes to {name} (should this be cut short, allow them "
        f"again: {undo})"
    )
    target.current.close()  # it would be cut off
    try:
        new_database.stop_writes(target.beside, name)
        yield
    except BaseException:
        try:
            new_database.allow_writes(target.beside, name)
        except psycopg.Error:
            say(f"Writes are still stopped; allow them again: {undo}")
        raise
    finally:
        # What was opened while writes were stopped may not write afterwards either.
        target.current.close()


def _prepare_and_swap(
    target: Target,
    past: Past,
    open_ones: Open,
    made_whole: Callable[[], None],
    *,
    is_there: bool,
) -> Replaced:
    current, new = target.current if is_there else None, target.new
    past.say("Erasing again whom the tombstones name")
    erased = erase_again(current, new, past.graveyard)
    past.say("Carrying over what happened since")
    since, unread = _carry(current, new, past, open_ones)
    older = [] if current is None or unread else _find_older(current, new)
    made_whole()
    before = _name_before(target.beside, target.current.name)
    target.current.close()
    target.new.close()
    new_database.swap(target.beside, target.current.name, target.new.name, before)
    return Replaced(
        made_at=past.made_at,
        erased=erased,
        since=since,
        before=before if is_there else None,
        unread=unread,
        older=older,
    )


def _name_before(beside: Database, live: str) -> str:
    """Return a name that is later than those that are there: names tell seconds."""
    taken = [left.made_at for left in find_left(beside, live) if left.kind == "before"]
    moment = max([datetime.now(UTC), *(at + timedelta(seconds=1) for at in taken)])
    return name_beside(live, "before", moment)


def _carry(
    old: Database | None, new: Database, past: Past, open_ones: Open
) -> tuple[SinceBackup, str | None]:
    if old is None:
        return doubt_all(new, open_ones), "there is none"
    try:
        since = tell_what_happened(
            old, new, past.made_at, open_ones, parted=past.parted
        )
    except UnreadableError as error:
        return doubt_all(new, open_ones), str(error)
    return since, None


def _find_older(current: Database, new: Database) -> list[str]:
    """Return the documents that `Replaced.older` tells; none where it can't be told."""
    try:
        with current.reading() as live, new.reading() as here:
            return find_older(here, live)
    except FAILURES:
        return []


def find_way_back(database: Database) -> Left:
    """Return the database that was live before the last restore, or going back.

    Raises OperatorError where there is none.
    """
    with explained("going back"), database.maintenance(LIMITS) as beside:
        return _find_newest(beside, database.name)


def _find_newest(beside: Database, live: str) -> Left:
    found = [left for left in find_left(beside, live) if left.kind == "before"]
    if not found:
        raise OperatorError(
            f"there is no database to go back to: a restore leaves {live}_before_… "
            "beside the live one, and none is there. `bot db restore FILE` takes a "
            "backup"
        )
    return found[-1]


def go_back(database: Database, graveyard: Graveyard, say: Say) -> Replaced:
    """Put the database that the last restore replaced in the live one's place again.

    The live one is kept as it kept that one, so that this can be gone back as well.
    Raises OperatorError; the live one is as it was then, and it can be run again.
    """
    with explained("going back"), alone(database) as beside:
        sweep(beside, database.name, say)
        left = _find_newest(beside, database.name)
        target = Target(database, beside, left.name)
        try:
            _bring_up_to_date(target.new, say)
            past = Past(left.made_at, graveyard, say, parted=True)
            replaced = put_in_place(target, past)
        finally:
            target.new.close()
        drop_older(beside, database.name, say)
    return replaced


def _bring_up_to_date(new: Database, say: Say) -> None:
    found = schema.read_current(new)
    if found != schema.head():
        say(f"Migrating {new.name} from {found or 'none'} to {schema.head()}")
        schema.upgrade(new)
