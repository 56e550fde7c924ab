"""Backups: a dump and its manifest, whole or not at all, encrypted on the way."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from db import __version__
from db.address import database_of
from db.backups.dump import Snapshot, hold_snapshot, write_dump
from db.backups.folder import BackupFolder
from db.backups.manifest import (
    NAME,
    SUFFIX,
    Manifest,
    path_of_manifest,
    sign,
)
from db.backups.stream import Measured, Progress, no_progress
from db.database import Database
from db.errors import OperatorError
from db.files import open_own, sync_folder, write_whole
from db.outages import explained

LOCK = ".lock"
PARTIAL = ".partial"
STAMP = "%Y%m%dT%H%M%SZ"


def make_backup(
    database: Database,
    folder: BackupFolder,
    key: bytes,
    name: str | None = None,
    progress: Progress = no_progress,
) -> tuple[Path, Manifest]:
    """Dump the database; return the dump's file and its manifest, both on disk.

    The manifest is signed with the `key`. Without a name the backup is called by the
    time, and rotates. `progress` is told the bytes written so far. Raises
    OperatorError; what was begun is removed then.
    """
    if name is not None and not NAME.fullmatch(name):
        raise OperatorError(
            f"{name!r} can't name a backup: use letters, digits, '.', '_' and '-'"
        )
    with (
        _folder_in_hand(folder.path),
        explained("the backup"),
        hold_snapshot(database) as snapshot,
    ):
        path = _find_place(folder, name, snapshot)
        with _drafting(path) as draft:
            written, major = write_dump(snapshot, draft, folder.public_key, progress)
            made = _describe(snapshot, written, major, folder)
            manifest = sign(replace(made, file=path.name, automatic=name is None), key)
            _put_in_place(draft, path, manifest)
        return path, manifest


@contextmanager
def _drafting(path: Path) -> Iterator[Path]:
    draft = path.with_name(path.name + PARTIAL)
    try:
        yield draft
    except OSError as error:
        raise OperatorError(f"{draft} can't be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)


def _put_in_place(draft: Path, path: Path, manifest: Manifest) -> None:
    # The dump last: where it stands, its manifest does.
    write_whole(path_of_manifest(path), manifest.to_json())
    draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def _folder_in_hand(folder: Path) -> Iterator[None]:
    """Make the folder, keep other backups out of it, and sweep up what crashes left."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open_own(folder / LOCK)
    except OSError as error:
        raise OperatorError(
            f"no backup can be written to {folder}: {error.strerror}; set "
            "BACKUP_FOLDER to a folder of your own"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError(
                f"another backup is being written to {folder}: wait for it"
            ) from None
        _sweep(folder)
        yield


def _sweep(folder: Path) -> None:
    for left in folder.glob("*" + PARTIAL):
        left.unlink(missing_ok=True)
    for manifest in folder.glob("*.dump*" + SUFFIX):
        if not manifest.with_name(manifest.name.removesuffix(SUFFIX)).exists():
            manifest.unlink(missing_ok=True)


def _find_place(folder: BackupFolder, name: str | None, snapshot: Snapshot) -> Path:
    stamp = snapshot.taken_at.astimezone(UTC).strftime(STAMP)
    ending = ".dump.age" if folder.public_key else ".dump"
    stem = name or f"{_fileable(database_of(snapshot.url))}-{stamp}"
    for taken in (folder.path / f"{stem}.dump", folder.path / f"{stem}.dump.age"):
        if taken.exists():
            raise OperatorError(f"{taken} exists: remove it, or take another name")
    return folder.path / (stem + ending)


def _fileable(database: str) -> str:
    return "".join(c if NAME.fullmatch("a" + c) else "_" for c in database)


def _describe(
    snapshot: Snapshot, written: Measured, pg_dump: int, folder: BackupFolder
) -> Manifest:
    return Manifest(
        file="",
        created_at=snapshot.taken_at,
        database=database_of(snapshot.url),
        migration=snapshot.migration,
        bot_version=__version__,
        server_version=snapshot.server_version,
        pg_dump_version=str(pg_dump),
        size=written.size,
        sha256=written.sha256,
        encryption="age" if folder.public_key else None,
        automatic=False,
        rows=snapshot.rows,
        owners=snapshot.owners,
        grantees=snapshot.grantees,
        rights=snapshot.rights,
    )
