"""`bot db backup|restore|verify|reset`: keep the data, and get it back."""

# ruff: noqa: PLC0415

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.database import database, migrated_database, read_settings
from bot.cli.db import db
from bot.cli.schedule import INTERVAL, ending_on_sigterm, repeat
from bot.cli.show import readable_size

if TYPE_CHECKING:
    from db.backups.restore import Outcome, RestoreRequest
    from db.backups.since_backup import SinceBackup
    from db.backups.stream import Progress
    from db.database import Database

DUMP = click.Path(exists=True, dir_okay=False, path_type=Path)
IDENTITY = click.option(
    "--identity", type=DUMP, help="The file with the age key (AGE-SECRET-KEY-1...)."
)
YES = click.option("--yes", is_flag=True, help="Do not ask.")
HALF_A_SECOND = 0.5


@db.command()
@click.argument("name", required=False)
@click.option(
    "--every", type=INTERVAL, help="Go on making them, for example every 24h."
)
def backup(name: str | None, every: timedelta | None) -> None:
    """Write a backup, called NAME or by the time, to BACKUP_FOLDER.

    Named ones stay; the others rotate as BACKUP_KEEP_... say. With BACKUP_PUBLIC_KEY
    (`age-keygen -o identity.txt` makes a pair) it is encrypted, and only the identity
    file can open it: keep that file elsewhere.
    """
    if name and every:
        raise click.UsageError("a NAME can be taken once: leave it out with --every")
    with ending_on_sigterm() as ended, database() as opened:
        if every is None:
            _back_up(opened, name)
        else:
            repeat(lambda: _back_up(opened, None), every, _age_of_last(opened), ended)


def _back_up(database: "Database", name: str | None) -> None:
    from db.backups.backup import make_backup
    from db.backups.rotation import remove_expired

    folder = read_settings().backups
    began = time.monotonic()
    with _showing_bytes() as progress:
        path, manifest = make_backup(database, folder, name, progress)
    database.close()  # nothing is held until the next one
    click.echo(
        f"{path}: {readable_size(manifest.size)} in {time.monotonic() - began:.1f} s, "
        f"{sum(manifest.rows.values()):,} rows"
        + (", encrypted" if manifest.encryption else "")
    )
    for gone in remove_expired(folder.path, manifest.database, folder.kept):
        click.echo(f"Removed the old backup {gone}.")


def _age_of_last(database: "Database") -> timedelta | None:
    from db.backups.rotation import list_backups

    found = list_backups(read_settings().backups.path)
    mine = [m.created_at for m in found if m.automatic and m.database == database.name]
    return datetime.now(UTC) - mine[-1] if mine else None


@db.command()
@click.argument("file", type=DUMP)
@IDENTITY
@YES
def restore(file: Path, identity: Path | None, yes: bool) -> None:
    """Put the backup FILE in the place of the database.

    It is restored into a new database and compared with its manifest first. The one
    in use is replaced only then, and stays under another name.
    """
    from db.backups.restore import check_request
    from db.backups.restore import restore as run

    with (
        ending_on_sigterm(),
        database() as opened,
        _requested(file, identity) as request,
    ):
        made = check_request(request).created_at
        if not yes:
            click.confirm(
                f"Replace the database {opened.name} by what it was at "
                f"{made:%Y-%m-%d %H:%M} UTC? What came since is not in it.",
                abort=True,
            )
        outcome = run(opened, request)
        _describe(outcome)
        _tell_the_way_back(opened.name, outcome)


@db.command()
@click.argument("file", type=DUMP)
@IDENTITY
def verify(file: Path, identity: Path | None) -> None:
    """Try a backup: restore FILE aside, compare, drop it again.

    The database in use is not touched.
    """
    from db.backups.restore import verify as run

    with (
        ending_on_sigterm(),
        database() as opened,
        _requested(file, identity) as request,
    ):
        _describe(run(opened, request))
    click.echo("The backup can be restored.")


@contextmanager
def _requested(file: Path, identity: Path | None) -> Iterator["RestoreRequest"]:
    from db.backups.restore import RestoreRequest
    from db.privacy.tombstones import FILE_NAME, Graveyard, find_key

    settings = read_settings()
    key = find_key(settings.erasure_key, settings.data_folder)
    graveyard = Graveyard(settings.backups.path / FILE_NAME, key)
    began = time.monotonic()
    with _showing_bytes() as progress:

        def say(step: str) -> None:
            click.echo(f"{time.monotonic() - began:6.1f} s  {step}")

        yield RestoreRequest(
            dump=file,
            identity=identity,
            graveyard=graveyard,
            say=say,
            progress=progress,
        )


def _describe(outcome: "Outcome") -> None:
    from db import schema

    manifest, head = outcome.manifest, schema.head()
    click.echo(
        f"Restored {sum(manifest.rows.values()):,} rows in {len(manifest.rows)} "
        f"tables, as the manifest says (backup of "
        f"{manifest.created_at:%Y-%m-%d %H:%M:%S} UTC, "
        f"migration {manifest.migration})."
    )
    if manifest.migration != head:
        click.echo(
            f"Migrated from {manifest.migration or 'none'} to {head}; where "
            "`bot db roles` was used, run it again."
        )
    if outcome.missing_roles:
        click.echo(
            "Owners and grants were left out: the roles "
            f"{', '.join(outcome.missing_roles)} are not there, or this role is no "
            "member of them. `bot db roles` makes and mends them."
        )
    click.echo(f"People erased again, as tombstones say: {outcome.erased}.")


def _tell_the_way_back(name: str, outcome: "Outcome") -> None:
    if outcome.since is not None:
        click.echo(_describe_since(outcome.since, outcome.unread))
    hours = (datetime.now(UTC) - outcome.manifest.created_at) / timedelta(hours=1) + 1
    click.echo(
        "The bot goes on with it. Messages that are still unanswered are at Twilio: "
        "the worker takes in those of the last 24 hours by itself, "
        f"`bot reconcile --hours {hours:.0f}` takes in all at once."
    )
    before = outcome.before
    if before is None:
        return
    click.echo(
        f"The old database is {before}. To go back, stop the bot and say in "
        "`bot db shell`:\n"
        "  \\c postgres\n"
        f'  ALTER DATABASE "{name}" RENAME TO "{name}_discarded";\n'
        f'  ALTER DATABASE "{before}" RENAME TO "{name}";\n'
        f'When it is not needed any more, there too: DROP DATABASE "{before}";'
    )


def _describe_since(since: "SinceBackup", unread: str | None) -> str:
    if unread is None:
        return (
            "Of what happened since the backup:\n"
            f"  {since.seen} messages will not be answered again\n"
            f"  {since.settled} messages that were open in it are settled\n"
            f"  {since.moved} parts of replies are where they had got to\n"
            f"  {since.doubted} parts are looked for at Twilio before they are sent"
        )
    return (
        f"Nobody can tell what happened since the backup (old database: {unread}).\n"
        f"{since.settled} messages that were unanswered in it count as answered, "
        f"{since.doubted} unsent parts are looked for at Twilio before they are sent."
        "\nMessages that came since are unknown here: the worker asks Twilio for those "
        "of the last 24 hours and answers them."
    )


@db.command()
@YES
@click.option("--no-backup", is_flag=True, help="Do not write a backup first.")
def reset(yes: bool, no_backup: bool) -> None:
    """Delete all users, chats and jobs, and start empty; the bot may run meanwhile.

    A backup is made first. What keeps the bot from doing things again stays: who wrote
    STOP, who was erased, and the keys of the messages of the last two days.
    """
    from db.backups.reset import reset as empty

    with ending_on_sigterm(), migrated_database() as opened:
        if not yes:
            click.confirm(
                f"Delete all users, chats and jobs in {opened.name}?", abort=True
            )
        if not no_backup:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            _back_up(opened, f"before-reset-{stamp}")
        empty(opened)
    click.echo("The database is empty.")


@contextmanager
def _showing_bytes() -> Iterator["Progress"]:
    """Yield what shows on a terminal how far it is; nothing elsewhere."""
    shown = 0.0

    def show(size: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if sys.stderr.isatty() and now - shown > HALF_A_SECOND:
            shown = now
            click.echo(f"\r\x1b[K  {readable_size(size)} ", nl=False, err=True)

    try:
        yield show
    finally:
        if shown:
            click.echo("\r\x1b[K", nl=False, err=True)
