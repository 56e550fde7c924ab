"""What follows an erasure: files, databases beside, traces on disk, tombstones."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

import click

from bot.cli.database import read_settings
from db.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from db.database import Database
    from db.privacy.tombstones import Graveyard
    from db.privacy.traces import Traces


def finish(
    database: "Database",
    key: bytes | None,
    tables: list[str],
    files: "Sequence[str] | None" = None,
) -> None:
    """Do what follows an erasure, each step whatever becomes of the others.

    It took rows from `tables`; `files` have its bytes, None: not known.
    """
    from db.privacy.tombstones import FILE_NAME, Graveyard

    graveyard = Graveyard(read_settings().backups.path / FILE_NAME, key)
    steps: dict[str, Callable[[], None]] = {
        "removing files": lambda: _remove_files(database, files),
        f"adding to {graveyard.file}": lambda: _keep_tombstones(database),
        "erasing beside": lambda: _erase_beside(database, graveyard),
        "cleaning the tables": lambda: _wipe_traces(database, tables),
    }
    undone = []
    for name, step in steps.items():
        try:
            step()
        except OperatorError as error:
            undone.append(f"{name} ({error})")
    if undone:
        raise OperatorError(
            f"this was not done: {'; '.join(undone)}. The database itself holds nobody "
            "who was erased. Mend that and run the same command again: it goes on there"
        )


def _remove_files(database: "Database", files: "Sequence[str] | None") -> None:
    from db.media.sweeping import remove_files, sweep_files

    folder = read_settings().media.folder
    try:
        if folder is not None and files is None:
            sweep_files(database, folder)
        elif folder is not None:
            remove_files(database, folder, files or ())
    except OSError as error:
        raise OperatorError(f"{folder}: {error.strerror}") from None
    if files and folder is None:
        click.echo(
            f"Warning: {len(files)} files of theirs lie in a folder that MEDIA_STORE "
            f"named once: remove them there: {', '.join(files)}.",
            err=True,
        )


def _erase_beside(database: "Database", graveyard: "Graveyard") -> None:
    """Reach the databases that restores left; say which ones could not be."""
    from db.privacy.beside import erase_beside

    for beside in erase_beside(database, graveyard):
        if beside.fault is not None:
            click.echo(
                f"Warning: {beside.name}, which a restore left, may still hold the "
                f"person, since {beside.fault.rstrip('.')}. When it is not needed any "
                f'more, say in `bot db shell`: DROP DATABASE "{beside.name}";',
                err=True,
            )
        elif beside.people:
            people = "1 person" if beside.people == 1 else f"{beside.people} people"
            click.echo(f"Erased from {beside.name}, which a restore left: {people}.")
            _tell_traces(f"In {beside.name}: ", beside.traces)


def _wipe_traces(database: "Database", tables: list[str]) -> None:
    from db.privacy.traces import wipe_traces

    _tell_traces("", wipe_traces(database, tables))


def _tell_traces(where: str, traces: "Traces") -> None:
    for line in _describe_traces(traces):
        click.echo(f"Note: {where}{line}", err=True)


def _describe_traces(traces: "Traces") -> "Iterator[str]":
    still = "what was erased lies in the files of {0} until autovacuum comes by"
    remedy = "VACUUM (ANALYZE) {0};"
    reasons = (
        (traces.foreign, "this role does not own them. At once, as their owner"),
        (traces.late, "cleaning up took too long. Later"),
        (
            traces.held,
            "an older transaction may still read it. Once that has ended",
        ),
    )
    for tables, reason in reasons:
        if tables:
            names = ", ".join(tables)
            yield f"{still.format(names)}: {reason}: {remedy.format(names)}"
    if traces.sampled:
        yield (
            f"the planner has old samples of {', '.join(traces.sampled)}; only a "
            "superuser can remove them: docs/operations.md, What the bot can't erase"
        )


def _keep_tombstones(database: "Database") -> None:
    """Write the tombstones beside the backups, where they outlive the database."""
    from db.outages import outages
    from db.privacy.tombstones import FILE_NAME, append_missing

    folder = read_settings().backups.path
    try:
        with outages():
            append_missing(database, folder)
    except OSError as error:
        click.echo(
            f"Warning: {folder / FILE_NAME} can't be written ({error.strerror}). The "
            "person is erased; but if this database is lost, restoring an older backup "
            "brings them back. Make the folder writable: this command, run again, or "
            "the next erasure writes it.",
            err=True,
        )
    else:
        click.echo(
            f"Backups made before still hold them. {folder / FILE_NAME} makes "
            "`bot db restore` erase them again."
        )
