"""Restoring: into a new database, checked there, and only then in the other's place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg

from db import schema
from db.backups.dump import compare_rows, find_missing_roles, restore_dump
from db.backups.manifest import Backup, Manifest, check_whole, read_manifest
from db.backups.since_backup import (
    Open,
    SinceBackup,
    UnreadableError,
    doubt_all,
    find_open,
    tell_what_happened,
)
from db.backups.stream import Progress, no_progress
from db.beside import new_database
from db.beside.left import Kind, name_beside
from db.database import Database
from db.errors import OperatorError
from db.outages import FAILURES, explained, first_line
from db.pool import Limits
from db.privacy.erasure import erase_again
from db.privacy.tombstones import Graveyard

# Copying a large table takes its time.
LIMITS = Limits(connections=2, statement_seconds=4 * 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """What to restore. `say` is told each step, `progress` the bytes read so far."""

    dump: Path
    identity: Path | None
    graveyard: Graveyard
    say: Callable[[str], None] = field(default=lambda _step: None)
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it.

    `erased`: people whom tombstones removed again. `missing_roles`: why owners and
    grants were left out, if they were. `before` names the database that was replaced;
    `since` is None for a drill, `unread` why the old database could not be asked.
    """

    manifest: Manifest
    erased: int
    missing_roles: list[str]
    before: str | None = None
    since: SinceBackup | None = None
    unread: str | None = None


def check_request(request: RestoreRequest) -> Manifest:
    """Return the backup's manifest if it can be restored; raises OperatorError."""
    manifest = read_manifest(request.dump)
    check_whole(request.dump, manifest)
    if manifest.encryption and request.identity is None:
        raise OperatorError(
            f"{request.dump} is encrypted: give --identity and the file with "
            "the age key"
        )
    if not schema.knows(manifest.migration):
        raise OperatorError(
            f"the backup is at migration {manifest.migration}, which this code does "
            "not know: restore it with the bot's version that made it "
            f"({manifest.bot_version}) or a newer one"
        )
    return manifest


@dataclass(frozen=True, slots=True)
class Target:
    """The database in use, the new one, and a database beside both."""

    current: Database
    beside: Database
    new: Database


def verify(database: Database, request: RestoreRequest) -> Outcome:
    """Restore into a new database, look at it, and drop it: a drill.

    Raises OperatorError when the backup would not do.
    """
    manifest = check_request(request)
    with explained("the drill"), _aimed(database, "drill") as target:
        try:
            missing = _build(target, request, manifest)
            erased = erase_again(database, target.new, request.graveyard)
        finally:
            _drop_new(target)
    return Outcome(manifest=manifest, erased=erased, missing_roles=missing)


def restore(database: Database, request: RestoreRequest) -> Outcome:
    """Put a backup in the place of the database, which stays under another name.

    Raises OperatorError; nothing is changed then.
    """
    manifest = check_request(request)
    with explained("the restore"), _aimed(database, "restored") as target:
        try:
            missing = _build(target, request, manifest)
            outcome = _take_over(target, request, manifest)
        except BaseException:
            with suppress(Exception):
                _drop_new(target)
            raise
    return replace(outcome, missing_roles=missing)


@contextmanager
def _aimed(database: Database, why: Kind) -> Iterator[Target]:
    with database.maintenance(LIMITS) as beside:
        target = Target(
            database, beside, database.beside(name_beside(database.name, why), LIMITS)
        )
        try:
            yield target
        finally:
            target.new.close()


def _drop_new(target: Target) -> None:
    target.new.close()
    new_database.drop(target.beside, target.new.name)


def _build(target: Target, request: RestoreRequest, manifest: Manifest) -> list[str]:
    """Make the new database and compare it; return the roles that are missing."""
    new = target.new
    request.say(f"Restoring into the new database {new.name}")
    missing = find_missing_roles(target.beside, manifest)
    new_database.create_like(target.beside, new.name, target.current.name)
    backup = Backup(request.dump, manifest, request.identity)
    restore_dump(new, backup, not missing, request.progress)
    request.say("Comparing the rows of each table with the manifest")
    compare_rows(new, manifest)
    _upgrade(new, manifest)
    new.count("ANALYZE")  # else the first queries are planned blindly
    return missing


def _upgrade(new: Database, manifest: Manifest) -> None:
    """Migrate the new database if the backup is older than this code."""
    if manifest.migration == schema.head():
        return
    try:
        schema.upgrade(new)
    except FAILURES as error:
        raise OperatorError(
            f"the backup could not be migrated from {manifest.migration} to "
            f"{schema.head()}, nothing was changed: {first_line(error)}"
        ) from None


def _take_over(target: Target, request: RestoreRequest, manifest: Manifest) -> Outcome:
    open_ones, name = find_open(target.new), target.current.name
    if not new_database.exists(target.beside, name):
        return _prepare_and_swap(target, request, manifest, open_ones, is_there=False)
    undo = f'ALTER DATABASE "{name}" RESET {new_database.OURS}'
    request.say(
        f"Stopping writes to {name} (should this be cut short, allow them "
        f"again: {undo})"
    )
    target.current.close()  # it would be cut off
    try:
        new_database.stop_writes(target.beside, name)
        return _prepare_and_swap(target, request, manifest, open_ones, is_there=True)
    except BaseException:
        try:
            new_database.allow_writes(target.beside, name)
        except psycopg.Error:
            request.say(f"Writes are still stopped; allow them again: {undo}")
        raise
    finally:
        # What was opened while writes were stopped may not write afterwards either.
        target.current.close()


def _prepare_and_swap(
    target: Target,
    request: RestoreRequest,
    manifest: Manifest,
    open_ones: Open,
    *,
    is_there: bool,
) -> Outcome:
    current, new = target.current if is_there else None, target.new
    request.say("Erasing again whom the tombstones name")
    erased = erase_again(current, new, request.graveyard)
    request.say("Carrying over what happened after the backup")
    since, unread = _carry(current, new, manifest, open_ones)
    before = name_beside(target.current.name, "before")
    target.current.close()
    new.close()
    new_database.swap(target.beside, target.current.name, new.name, before)
    return Outcome(
        manifest=manifest,
        erased=erased,
        missing_roles=[],
        before=before if is_there else None,
        since=since,
        unread=unread,
    )


def _carry(
    old: Database | None, new: Database, manifest: Manifest, open_ones: Open
) -> tuple[SinceBackup, str | None]:
    if old is None:
        return doubt_all(new, open_ones), "there is none"
    try:
        return tell_what_happened(old, new, manifest.created_at, open_ones), None
    except UnreadableError as error:
        return doubt_all(new, open_ones), str(error)
