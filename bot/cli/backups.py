"""`bot db backup|reset|keygen`: keep the data, start empty, keys."""

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
from bot.cli.schedule import INTERVAL, ending_on_sigterm, repeat, stopped_by_ctrl_c
from bot.cli.show import readable_size
from bot.terminal import printable
from db.errors import OperatorError

if TYPE_CHECKING:
    from db.backups.stream import Progress
    from db.database import Database

YES = click.option("--yes", is_flag=True, help="Do not ask.")
HALF_A_SECOND = 0.5
NOT_IN_IT = (
    "The bytes of media in {} are not in it (MEDIA_STORE): copy that folder after it."
)
CTRL_C = 130  # the exit code that shells know it by


@db.command()
@click.argument("name", required=False)
@click.option(
    "--every", type=INTERVAL, help="Go on making them, for example every 24h."
)
@click.option(
    "--check", type=INTERVAL, help="Only tell whether the last one is younger: 30h."
)
def backup(name: str | None, every: timedelta | None, check: timedelta | None) -> None:
    """Write a backup, called NAME or by the time, to BACKUP_FOLDER.

    Named ones stay; the others rotate as BACKUP_KEEP_... say. With BACKUP_PUBLIC_KEY
    (`bot db keygen` makes a pair) it is encrypted, and only the identity file can open
    it: keep that file elsewhere. It is signed with the erasure key.
    """
    if name and every:
        raise click.UsageError("a NAME can be taken once: leave it out with --every")
    if check:
        _check_last(check)
        return
    with ending_on_sigterm() as ended, database() as opened:
        if every is None:
            with stopped_by_ctrl_c(lambda: "Stopped: no backup was made.", CTRL_C):
                _back_up(opened, name)
            return
        with stopped_by_ctrl_c(lambda: "Stopped: no more backups are made.", 0):
            repeat(lambda: _back_up(opened, None), every, _age_of_last(opened), ended)


def _back_up(database: "Database", name: str | None) -> None:
    from db.backups.backup import make_backup
    from db.backups.rotation import list_ahead, remove_expired

    folder, key = read_settings().backups, erasure_key()
    began = time.monotonic()
    with showing_bytes() as progress:
        path, manifest = make_backup(database, folder, key, name, progress)
    database.close()  # nothing is held until the next one
    click.echo(
        f"{path}: {readable_size(manifest.size)} in {time.monotonic() - began:.1f} s, "
        f"{sum(manifest.rows.values()):,} rows"
        + (", encrypted" if manifest.encryption else "")
    )
    if folder_of_media := read_settings().media.folder:
        click.echo(NOT_IN_IT.format(folder_of_media))
    now = manifest.created_at
    for gone in remove_expired(folder.path, manifest.database, folder.kept, now):
        click.echo(f"Removed the old backup {printable(gone)}.")
    for ahead in list_ahead(folder.path, manifest.database, now):
        click.echo(
            f"Warning: {printable(ahead.file)} is dated ahead of the clock "
            f"({ahead.created_at:%Y-%m-%d %H:%M} UTC): it does not count, and does not "
            "rotate before then. Was a clock wrong when it was made? Remove it, with "
            "its manifest, when you need it no more.",
            err=True,
        )


def _check_last(most: timedelta) -> None:
    from db.backups.rotation import require_young

    with database() as opened:
        age = require_young(read_settings().backups.path, opened.name, most)
    click.echo(f"The last backup is {age / timedelta(hours=1):,.1f} hours old.")


def _age_of_last(database: "Database") -> timedelta | None:
    from db.backups.rotation import age_of_last

    return age_of_last(read_settings().backups.path, database.name)


@db.command()
@YES
@click.option("--no-backup", is_flag=True, help="Do not write a backup first.")
def reset(yes: bool, no_backup: bool) -> None:
    """Delete all users, chats and jobs, and start empty; the bot may run meanwhile.

    A backup is made first. What the business knows stays, but for people's own
    documents and answers under their words; and what keeps the bot from doing things
    again: who wrote STOP, who was erased, and the keys of the messages of the last two
    days.
    """
    from db.backups.reset import reset as empty

    with ending_on_sigterm(), migrated_database() as opened:
        if not yes:
            click.confirm(
                f"Delete all users, chats and jobs in {opened.name}? What the business "
                f"knows stays.{_tell_of_files()}",
                abort=True,
            )
        if not no_backup:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            _back_up(opened, f"before-reset-{stamp}")
        empty(opened)
        click.echo("The database is empty, but for what the business knows.")
        _remove_files(opened)


def _tell_of_files() -> str:
    folder = read_settings().media.folder
    if folder is None:
        return ""
    return f" The bytes of media in {folder} go, too, and no backup holds them."


def _remove_files(emptied: "Database") -> None:
    from db.media.sweeping import sweep_files

    folder = read_settings().media.folder
    if folder is None:
        return
    try:
        sweep_files(emptied, folder, age_seconds=0)
    except OSError as error:
        raise OperatorError(
            f"{folder} can't be emptied ({error.strerror}): the worker tries it each "
            "hour, or remove its files"
        ) from None


def erasure_key() -> bytes:
    """Return the key of tombstones and signatures; it is made if there is none.

    Raises OperatorError where it can't be read or made.
    """
    from db.privacy.tombstones import find_key, make_key

    settings = read_settings()
    key = find_key(settings.erasure_key, settings.data_folder)
    if key is None:
        made = make_key(settings.data_folder)
        click.echo(
            f"A key was made: {made}. Keep a copy of it, apart from the backups and as "
            "long as they last: without it a restore brings erased people back, and "
            "nothing tells your backups from somebody else's."
        )
        key = find_key(None, settings.data_folder)
    if key is None:
        raise OperatorError("the erasure key is gone: run this again")
    return key


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def keygen(file: Path) -> None:
    """Make a pair of keys for encrypted backups; the private one goes into FILE.

    Whoever has FILE can read the backups, and without it nobody can: keep it, and a
    copy, elsewhere than them. `bot db restore --identity FILE` takes it.
    """
    from db.backups.stream import new_identity
    from db.files import write_once

    text, public_key = new_identity()
    try:
        write_once(file, text)
        is_ours = file.read_text() == text
    except OSError as error:
        raise OperatorError(
            f"{file} can't be written ({error.strerror}): choose another file"
        ) from None
    if not is_ours:
        raise OperatorError(
            f"{file} is there already, and may be what opens your backups: choose "
            "another file"
        )
    click.echo(
        f"The private key is in {file}, for its owner alone. Keep it elsewhere than "
        "the backups; without it nobody can read them. To encrypt them, set"
    )
    click.echo(f"BACKUP_PUBLIC_KEY={public_key}")


@contextmanager
def showing_bytes() -> Iterator["Progress"]:
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
