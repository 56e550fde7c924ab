"""Restoring: into a new database, checked there, and only then in the other's place."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from db.errors import OperatorError
from db.operations import swap, twin
from db.operations.carry_over import (
    Carried,
    Open,
    UnreadableError,
    carry_over,
    doubt_all,
    find_open,
)
from db.operations.filling import compare_rows, fill, find_missing_roles, upgrade
from db.operations.graves import Graves, bury_again
from db.operations.manifest import Backup, Manifest, check_whole, read_manifest
from db.operations.pipes import Progress, no_progress
from db.operations.server import (
    Connection,
    connect,
    connect_beside,
    database_of,
    explained,
    with_database,
)
from db.schema import knows

STAMP = "%Y%m%d%H%M%S"
LONGEST_NAME = 63  # bytes, PostgreSQL's


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to restore. `say` is told each step, `progress` the bytes read so far."""

    dump: Path
    identity: Path | None
    graves: Graves
    say: Callable[[str], None] = field(default=lambda _step: None)
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it.

    `erased`: people whom tombstones removed again. `missing_roles`: why owners and
    grants were left out, if they were. `before` names the database that was replaced;
    `carried` is None for a drill, `unread` why the old database could not be asked.
    """

    manifest: Manifest
    erased: int
    missing_roles: list[str]
    before: str | None = None
    carried: Carried | None = None
    unread: str | None = None


def check_order(order: Order) -> Manifest:
    """Return the backup's manifest if it can be restored; raises OperatorError."""
    manifest = read_manifest(order.dump)
    check_whole(order.dump, manifest)
    if manifest.encryption and order.identity is None:
        raise OperatorError(
            f"{order.dump} is encrypted: give --identity and the file with the age key"
        )
    if not knows(manifest.migration):
        raise OperatorError(
            f"the backup is at migration {manifest.migration}, which this code does "
            "not know: restore it with the bot's version that made it "
            f"({manifest.bot_version}) or a newer one"
        )
    return manifest


@dataclass(frozen=True, slots=True)
class Site:
    """The database in use, the new one, and a connection beside both."""

    url: str
    beside: Connection
    new: str

    @property
    def name(self) -> str:
        """The name of the one in use."""
        return database_of(self.url)

    @property
    def target(self) -> str:
        """The new one's URL."""
        return with_database(self.url, self.new)


def verify(url: str, order: Order) -> Outcome:
    """Restore into a new database, look at it, and drop it: a drill.

    Raises OperatorError when the backup would not do.
    """
    manifest = check_order(order)
    with explained("the drill"), connect_beside(url) as beside:
        site = Site(url, beside, _name(url, "drill"))
        try:
            missing = _build(site, order, manifest)
            erased = bury_again(url, site.target, order.graves)
        finally:
            twin.drop(beside, site.new)
    return Outcome(manifest=manifest, erased=erased, missing_roles=missing)


def restore(url: str, order: Order) -> Outcome:
    """Put a backup in the place of the database, which stays under another name.

    Raises OperatorError; nothing is changed then.
    """
    manifest = check_order(order)
    with explained("the restore"), connect_beside(url) as beside:
        site = Site(url, beside, _name(url, "restored"))
        try:
            missing = _build(site, order, manifest)
            outcome = _take_over(site, order, manifest)
        except BaseException:
            with suppress(Exception):
                twin.drop(beside, site.new)
            raise
    return replace(outcome, missing_roles=missing)


def _build(site: Site, order: Order, manifest: Manifest) -> list[str]:
    """Make the new database and compare it; return the roles that are missing."""
    order.say(f"Restoring into the new database {site.new}")
    missing = find_missing_roles(site.beside, manifest)
    twin.create_like(site.beside, site.new, site.name)
    backup = Backup(order.dump, manifest, order.identity)
    fill(site.target, backup, not missing, order.progress)
    order.say("Comparing the rows of each table with the manifest")
    compare_rows(site.target, manifest)
    upgrade(site.target, manifest)
    with connect(site.target) as connection:
        connection.execute("ANALYZE")  # else the first queries are planned blindly
    return missing


def _take_over(site: Site, order: Order, manifest: Manifest) -> Outcome:
    with connect(site.target) as connection:
        open_ones = find_open(connection)
    if not twin.exists(site.beside, site.name):
        return _prepare_and_swap(site, order, manifest, open_ones, is_there=False)
    undo = f'ALTER DATABASE "{site.name}" RESET {twin.OURS}'
    order.say(
        f"Stopping writes to {site.name} (should this be cut short, allow them "
        f"again: {undo})"
    )
    try:
        swap.stop_writes(site.beside, site.name)
        return _prepare_and_swap(site, order, manifest, open_ones, is_there=True)
    except BaseException:
        try:
            swap.allow_writes(site.beside, site.name)
        except psycopg.Error:
            order.say(f"Writes are still stopped; allow them again: {undo}")
        raise


def _prepare_and_swap(
    site: Site, order: Order, manifest: Manifest, open_ones: Open, *, is_there: bool
) -> Outcome:
    order.say("Erasing again whom the tombstones name")
    erased = bury_again(site.url, site.target, order.graves)
    order.say("Carrying over what happened after the backup")
    carried, unread = _carry(
        site.url if is_there else None, site.target, manifest, open_ones
    )
    before = _name(site.url, "before")
    swap.swap(site.beside, site.name, site.new, before)
    return Outcome(
        manifest=manifest,
        erased=erased,
        missing_roles=[],
        before=before if is_there else None,
        carried=carried,
        unread=unread,
    )


def _carry(
    url: str | None, target: str, manifest: Manifest, open_ones: Open
) -> tuple[Carried, str | None]:
    with connect(target) as new:
        if url is None:
            return doubt_all(new, open_ones), "there is none"
        try:
            with connect(url) as old:
                return carry_over(old, new, manifest.created_at, open_ones), None
        except UnreadableError as error:
            return doubt_all(new, open_ones), str(error)


def _name(url: str, why: str) -> str:
    """Return a name for a database beside ours."""
    ending = f"_{why}_{datetime.now(UTC).strftime(STAMP)}"
    kept = database_of(url).encode()[: LONGEST_NAME - len(ending)]
    return kept.decode(errors="ignore") + ending
