"""Restoring: into a new database, checked there, and only then in the other's place."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from db import schema
from db.access.rights import close_large_objects
from db.backups.contents import (
    Described,
    Entry,
    choose,
    describe,
    find_changed,
    find_foreign,
    read_entries,
    refuse,
    shown,
)
from db.backups.dump import compare_rows, find_missing_roles, restore_dump
from db.backups.manifest import (
    Backup,
    Manifest,
    check_signature,
    check_whole,
    is_signed,
    read_manifest,
)
from db.backups.replacement import Past, Replaced, put_in_place
from db.backups.since_backup import SinceBackup
from db.backups.stream import Progress, no_progress
from db.beside.rights import Rights, plain_rights, without_superusers
from db.beside.target import Say, Target, aimed, drop_older
from db.database import Database
from db.errors import OperatorError
from db.outages import FAILURES, explained, first_line
from db.privacy.erasure import erase_again
from db.privacy.tombstones import Graveyard

SUPERUSERS = "SELECT rolname::text FROM pg_roles WHERE rolsuper"
# By the server's version and the migration.
OURS: dict[tuple[str, str], Described] = {}


def _say_nothing(_step: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """What to restore. `say` is told each step, `progress` the bytes read so far.

    `trust_unsigned` takes a backup that nobody vouches for, `trust_added` one that
    is not what our migrations make.
    """

    dump: Path
    identity: Path | None
    graveyard: Graveyard
    trust_unsigned: bool = False
    trust_added: bool = False
    say: Say = _say_nothing
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it.

    `erased`: people whom tombstones removed again. `missing_roles`: why owners and
    grants were left out, if they were. `replaced` is None for a drill.
    """

    manifest: Manifest
    erased: int
    missing_roles: list[str]
    replaced: Replaced | None = None

    @property
    def since(self) -> SinceBackup | None:
        """What the restored database was told; None for a drill."""
        return self.replaced.since if self.replaced else None

    @property
    def before(self) -> str | None:
        """The name of the database that was replaced, if one was."""
        return self.replaced.before if self.replaced else None


def check_request(request: RestoreRequest) -> Manifest:
    """Return the backup's manifest if it can be restored; raises OperatorError."""
    manifest = read_manifest(request.dump)
    if not request.trust_unsigned:
        check_signature(manifest, request.graveyard.key)
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


def verify(database: Database, request: RestoreRequest) -> Outcome:
    """Restore into a new database, look at it, and drop it: a drill.

    Raises OperatorError when the backup would not do.
    """
    manifest = check_request(request)
    with explained("the drill"), aimed(database, "drill", request.say) as target:
        try:
            missing = _build(target, request, manifest)
            erased = erase_again(database, target.new, request.graveyard)
        finally:
            target.drop()
    return Outcome(manifest=manifest, erased=erased, missing_roles=missing)


def restore(database: Database, request: RestoreRequest) -> Outcome:
    """Put a backup in the place of the database, which stays under another name.

    Raises OperatorError; nothing is changed then.
    """
    manifest = check_request(request)
    with explained("the restore"), aimed(database, "restored", request.say) as target:
        try:
            missing = _build(target, request, manifest)
            past = Past(manifest.created_at, request.graveyard, request.say)
            outcome = _take_over(target, past, manifest, missing)
        except BaseException:
            with suppress(Exception):
                target.drop()
            raise
        drop_older(target.beside, database.name, request.say)
    return outcome


def _build(target: Target, request: RestoreRequest, manifest: Manifest) -> list[str]:
    """Make the new database and compare it; return the roles that are missing."""
    request.say(f"Restoring into the new database {target.new.name}")
    missing = find_missing_roles(target.beside, manifest)
    backup = Backup(request.dump, manifest, request.identity)
    entries = read_entries(backup)
    target.make()
    ours = _describe_ours(target, manifest)
    foreign = find_foreign(entries, ours)
    _judge(foreign, request)
    extensions = _make_extensions(target, manifest, entries)
    only = choose(entries, extensions) if target.is_confined else None
    restore_dump(
        target.new, backup, request.progress, with_roles=not missing, only=only
    )
    _judge(set(find_changed(describe(target.new), ours)) - set(foreign), request)
    request.say("Comparing the rows of each table with the manifest")
    compare_rows(target.new, manifest)
    _upgrade(target.new, manifest)
    target.new.count("ANALYZE")  # else the first queries are planned blindly
    return missing


def _describe_ours(target: Target, manifest: Manifest) -> Described:
    """Return what our migrations make; the new database is empty again afterwards.

    On one server that is the same each time: a process finds it out once.
    """
    if manifest.migration is None:
        return {}
    key = (target.beside.scalar("SHOW server_version"), manifest.migration)
    if key not in OURS:
        schema.upgrade(target.new, manifest.migration)
        OURS[key] = describe(target.new)
        target.empty()
    return OURS[key]


def _judge(foreign: Iterable[str], request: RestoreRequest) -> None:
    names = sorted(foreign)
    if not request.trust_added:
        refuse(names)
    elif names:
        request.say(f"Trusted, as --trust-added says: {shown(names)}")


def _make_extensions(
    target: Target, manifest: Manifest, entries: list[Entry]
) -> dict[str, str]:
    """Make the dump's extensions, which its owner may not; return their schemas."""
    found = [e.name.removeprefix("EXTENSION - ") for e in entries]
    named = [name for name, e in zip(found, entries, strict=True) if name != e.name]
    if not target.is_confined or not named:
        return {}
    places = manifest.rights.extensions if manifest.rights else {}
    known = {name: places.get(name, "public") for name in named}
    with target.as_us() as us, us.transaction() as connection:
        for name, place in known.items():
            where, what = sql.Identifier(place), sql.Identifier(name)
            words = "CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}"
            owner = sql.Identifier(target.new.name)
            connection.count(sql.SQL(words).format(where, owner))
            words = "CREATE EXTENSION {} SCHEMA {}"
            connection.count(sql.SQL(words).format(what, where))
    return known


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


def _take_over(
    target: Target, past: Past, manifest: Manifest, missing: list[str]
) -> Outcome:
    is_vouched_for = is_signed(manifest, past.graveyard.key) and not missing
    rights = _choose_rights(target, manifest.rights if is_vouched_for else None)
    replaced = put_in_place(target, past, lambda: _hand_over(target, rights))
    return Outcome(
        manifest=manifest,
        erased=replaced.erased,
        missing_roles=missing,
        replaced=replaced,
    )


def _choose_rights(target: Target, told: Rights | None) -> Rights:
    """Return whose the objects will be: as a manifest told, if it is to be believed.

    Else all belong to the owner of the live ones, or to who is logged in.
    """
    live = target.read_live_rights()
    if live is None or live.owner is None:
        live = plain_rights(target.beside.scalar("SELECT current_user::text"))
    if told is None:
        return plain_rights(str(live.owner))
    return without_superusers(told, live, target.beside.column(SUPERUSERS))


def _hand_over(target: Target, rights: Rights) -> None:
    target.hand_over(rights)
    with target.as_us() as us:
        close_large_objects(us, target.current)
