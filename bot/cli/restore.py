"""`bot db restore|go-back|verify`: get the data back, or try whether one could."""

# ruff: noqa: PLC0415

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.backups import YES, showing_bytes
from bot.cli.database import database, read_settings
from bot.cli.db import db
from bot.cli.schedule import ending_on_sigterm, stopping_between_steps
from bot.terminal import one_line, printable

if TYPE_CHECKING:
    from db.backups.replacement import Replaced
    from db.backups.restore import Outcome, RestoreRequest
    from db.backups.since_backup import SinceBackup
    from db.database import Database
    from db.privacy.tombstones import Graveyard

Command = TypeVar("Command", bound=Callable[..., Any])
Told = TypeVar("Told")
MOST_TOLD = 20
DUMP = click.Path(exists=True, dir_okay=False, path_type=Path)
IDENTITY = click.option(
    "--identity", type=DUMP, help="The file with the age key (AGE-SECRET-KEY-1...)."
)


def trusting(command: Command) -> Command:
    """Give a command the options that take a backup at its maker's word."""
    unsigned = click.option(
        "--trust-unsigned",
        is_flag=True,
        help="Take a backup whose signature is missing, wrong, or of another key: "
        "what it says is run, whoever wrote it.",
    )
    added = click.option(
        "--trust-added",
        is_flag=True,
        help="Restore it though it is not what the bot's migrations make: with tables, "
        "indexes, views that you added, changed or dropped.",
    )
    return unsigned(added(command))


@db.command()
@click.argument("file", type=DUMP)
@IDENTITY
@trusting
@YES
def restore(file: Path, identity: Path | None, yes: bool, **trusted: bool) -> None:
    """Put the backup FILE in the place of the database.

    It is restored into a new database and compared with its manifest first. The one
    in use is replaced only then, and stays under another name: `bot db go-back`.
    """
    from db.backups.restore import check_request
    from db.backups.restore import restore as run

    with (
        ending_on_sigterm(),
        database() as opened,
        _requested(file, identity, **trusted) as request,
    ):
        made = check_request(request).created_at
        if not yes:
            click.confirm(
                f"Replace the database {opened.name} by what it was at "
                f"{made:%Y-%m-%d %H:%M} UTC? What came since is not in it.",
                abort=True,
            )
        with _saying_what_is_left(opened) as look:
            outcome = run(opened, _stoppable(request, look))
        _describe(outcome)
        if outcome.replaced:
            _tell_the_way_back(outcome.replaced)


@db.command("go-back")
@YES
def go_back(yes: bool) -> None:
    """Put the database that the last restore replaced in its place again.

    Who was erased since is erased there first, and nothing is answered twice. The one
    in use stays under another name: going back once more brings that one.
    """
    from db.backups.replacement import find_way_back
    from db.backups.replacement import go_back as run

    with ending_on_sigterm(), database() as opened:
        left = find_way_back(opened)
        if not yes:
            click.confirm(
                f"Replace the database {opened.name} by {left.name}, which was in use "
                f"until {left.made_at:%Y-%m-%d %H:%M} UTC? What came since is not in "
                "it.",
                abort=True,
            )
        with _saying_what_is_left(opened) as look:
            replaced = run(opened, _graveyard(), _after(look, _stopwatch()))
        click.echo(f"People erased again, as tombstones say: {replaced.erased}.")
        _tell_the_way_back(replaced)


def _saying_what_is_left(
    database: "Database",
) -> AbstractContextManager[Callable[[], None]]:
    from db.beside.left import find_beside

    def find_newest() -> str | None:
        with suppress(Exception):
            befores = [b.name for b in find_beside(database) if b.kind == "before"]
            return befores[-1] if befores else None
        return None

    earlier = find_newest()

    def say() -> str:
        found = find_newest()
        if found == earlier:
            return "Stopped: nothing was changed, and what was begun is removed."
        return (
            f"Stopped, but it was done already: {found} is what was in use before. "
            "`bot db go-back` puts it in its place again."
        )

    return stopping_between_steps(say)


def _stoppable(request: "RestoreRequest", look: Callable[[], None]) -> "RestoreRequest":
    """Return the request for a restore that looks, as it goes on, whether to stop."""
    say, progress = _after(look, request.say), _after(look, request.progress)
    return replace(request, say=say, progress=progress)


def _after(
    look: Callable[[], None], call: Callable[[Told], None]
) -> Callable[[Told], None]:
    def look_and_call(told: Told) -> None:
        look()
        call(told)

    return look_and_call


@db.command()
@click.argument("file", type=DUMP)
@IDENTITY
@trusting
def verify(file: Path, identity: Path | None, **trusted: bool) -> None:
    """Try a backup: restore FILE aside, compare, drop it again.

    The database in use is not touched.
    """
    from db.backups.restore import verify as run

    words = "Stopped: the database in use was not touched."
    with (
        ending_on_sigterm(),
        database() as opened,
        _requested(file, identity, **trusted) as request,
        stopping_between_steps(lambda: words) as look,
    ):
        _describe(run(opened, _stoppable(request, look)))
    click.echo("The backup can be restored.")


@contextmanager
def _requested(
    file: Path, identity: Path | None, *, trust_unsigned: bool, trust_added: bool
) -> Iterator["RestoreRequest"]:
    from db.backups.restore import RestoreRequest

    if trust_unsigned:
        click.echo(
            "Nobody vouches for this backup: whoever could write to where it lay may "
            "have made or changed it.",
            err=True,
        )
    with showing_bytes() as progress:
        yield RestoreRequest(
            dump=file,
            identity=identity,
            graveyard=_graveyard(),
            trust_unsigned=trust_unsigned,
            trust_added=trust_added,
            say=_stopwatch(),
            progress=progress,
        )


def _graveyard() -> "Graveyard":
    from db.privacy.tombstones import FILE_NAME, Graveyard, find_key

    settings = read_settings()
    key = find_key(settings.erasure_key, settings.data_folder)
    return Graveyard(settings.backups.path / FILE_NAME, key)


def _stopwatch() -> Callable[[str], None]:
    began = time.monotonic()

    def say(step: str) -> None:
        click.echo(f"{time.monotonic() - began:6.1f} s  {printable(step)}")

    return say


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
    if media := read_settings().media.folder:
        click.echo(
            f"The bytes of media are in no backup: what is not in {media} is told as "
            "gone. If you have a copy of that folder, put it back within the hour."
        )
    if outcome.missing_roles:
        click.echo(
            "Owners and grants were left out: the roles "
            f"{printable(', '.join(outcome.missing_roles))} are not there, or this "
            "role is no member of them. `bot db roles` makes and mends them."
        )
    click.echo(f"People erased again, as tombstones say: {outcome.erased}.")


def _tell_the_way_back(replaced: "Replaced") -> None:
    click.echo(_describe_since(replaced.since, replaced.unread))
    _tell_older(replaced.older)
    hours = (datetime.now(UTC) - replaced.made_at) / timedelta(hours=1) + 1
    click.echo(
        "The bot goes on with it. Messages that are still unanswered are at Twilio: "
        "the worker takes in those of the last 24 hours by itself, "
        f"`bot reconcile --hours {hours:.0f}` takes in all at once."
    )
    if replaced.before is not None:
        click.echo(
            f"The old database is {replaced.before}: `bot db go-back` puts it in its "
            "place again, and the next restore drops it. When it is not needed any "
            f'more, say in `bot db shell`: DROP DATABASE "{replaced.before}";'
        )


def _tell_older(older: Sequence[str]) -> None:
    """Name documents that were replaced or removed since, and are served again."""
    if not older:
        return
    click.echo(
        f"{len(older)} documents that were replaced or removed since then are served "
        "again: `bot knowledge refresh` takes in files and pages as they are now, "
        "`bot products import` lists of products, `bot knowledge remove` removes."
    )
    for name in older[:MOST_TOLD]:
        click.echo(f"  {one_line(name, 100)}")
    if len(older) > MOST_TOLD:
        click.echo(f"  and {len(older) - MOST_TOLD:,} more: see `bot knowledge list`")


def _describe_since(since: "SinceBackup", unread: str | None) -> str:
    if unread is None:
        return (
            "Of what happened since then:\n"
            f"  {since.seen} messages will not be answered again\n"
            f"  {since.settled} messages that were open in it are settled\n"
            f"  {since.moved} parts of replies are where they had got to\n"
            f"  {since.doubted} parts are looked for at Twilio before they are sent"
        )
    return (
        f"Nobody can tell what happened since then (old database: {unread}).\n"
        f"{since.settled} messages that were unanswered in it count as answered, "
        f"{since.doubted} unsent parts are looked for at Twilio before they are sent."
        "\nDocuments are as they were in it, too."
        "\nMessages that came since are unknown here: the worker asks Twilio for those "
        "of the last 24 hours and answers them."
    )
