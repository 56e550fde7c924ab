"""Backups: a dump and its manifest, whole or not at all, encrypted on the way."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from importlib import metadata
from pathlib import Path

from db.errors import OperatorError
from db.operations.binaries import find_binary
from db.operations.manifest import (
    NAME,
    SUFFIX,
    Manifest,
    path_of_manifest,
    write_whole,
)
from db.operations.pipes import (
    Measured,
    Outlet,
    Progress,
    Tool,
    no_progress,
    start_tool,
)
from db.operations.sealing import copy
from db.operations.server import database_of, explained, tool_arguments
from db.operations.snapshot import Snapshot, hold_snapshot

LOCK = ".lock"
PARTIAL = ".partial"
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Depot:
    """Where backups go, and to which age public key they are encrypted, if any."""

    folder: Path
    public_key: str | None = None


def make_backup(
    url: str,
    depot: Depot,
    name: str | None = None,
    progress: Progress = no_progress,
) -> tuple[Path, Manifest]:
    """Dump the database; return the dump's file and its manifest, both on disk.

    Without a name it is called by the time, and rotates. `progress` is told the bytes
    written so far. Raises OperatorError; what was begun is removed then.
    """
    if name is not None and not NAME.fullmatch(name):
        raise OperatorError(
            f"{name!r} can't name a backup: use letters, digits, '.', '_' and '-'"
        )
    with (
        _folder_in_hand(depot.folder),
        explained("the backup"),
        hold_snapshot(url) as snapshot,
    ):
        path = _find_place(depot, name, snapshot)
        return path, _make(depot, snapshot, path, name is None, progress)


def _make(
    depot: Depot, snapshot: Snapshot, path: Path, automatic: bool, progress: Progress
) -> Manifest:
    draft = path.with_name(path.name + PARTIAL)
    try:
        manifest = _write_dump(depot, snapshot, draft, progress)
        manifest = replace(manifest, file=path.name, automatic=automatic)
        _put_in_place(draft, path, manifest)
    except OSError as error:
        raise OperatorError(f"{draft} can't be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _put_in_place(draft: Path, path: Path, manifest: Manifest) -> None:
    # The dump last: where it stands, its manifest does.
    write_whole(path_of_manifest(path), manifest.to_json())
    draft.replace(path)
    _sync_folder(path.parent)


@contextmanager
def _folder_in_hand(folder: Path) -> Iterator[None]:
    """Make the folder, keep other backups out of it, and sweep up what crashes left."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.fdopen(os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600), "wb")
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


def _find_place(depot: Depot, name: str | None, snapshot: Snapshot) -> Path:
    stamp = snapshot.taken_at.astimezone(UTC).strftime(STAMP)
    ending = ".dump.age" if depot.public_key else ".dump"
    stem = name or f"{_fileable(database_of(snapshot.url))}-{stamp}"
    for taken in (depot.folder / f"{stem}.dump", depot.folder / f"{stem}.dump.age"):
        if taken.exists():
            raise OperatorError(f"{taken} exists: remove it, or take another name")
    return depot.folder / (stem + ending)


def _fileable(database: str) -> str:
    return "".join(c if NAME.fullmatch("a" + c) else "_" for c in database)


def _write_dump(
    depot: Depot, snapshot: Snapshot, draft: Path, progress: Progress
) -> Manifest:
    pg_dump, major = find_binary("pg_dump", snapshot.server_major)
    shown, environment = tool_arguments(snapshot.url)
    command = [str(pg_dump), "--format=custom", f"--snapshot={snapshot.name}"]
    command += ["--lock-wait-timeout=60s", "--no-password", f"--dbname={shown}"]
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        written = Measured(file, progress)
        with start_tool(command, environment) as tool:
            copy(Outlet(tool), written, depot.public_key)
            _check_end(tool)
        file.flush()
        os.fsync(file.fileno())
    return _describe(snapshot, draft, written, str(major), depot)


def _describe(
    snapshot: Snapshot, draft: Path, written: Measured, pg_dump: str, depot: Depot
) -> Manifest:
    return Manifest(
        file=draft.name,
        created_at=snapshot.taken_at,
        database=database_of(snapshot.url),
        migration=snapshot.migration,
        bot_version=_version(),
        server_version=snapshot.server_version,
        pg_dump_version=pg_dump,
        size=written.size,
        sha256=written.sha256,
        encryption="age" if depot.public_key else None,
        automatic=False,
        rows=snapshot.rows,
        owners=snapshot.owners,
        grantees=snapshot.grantees,
    )


def _check_end(tool: Tool) -> None:
    if tool.finish() != 0:
        raise tool.failure()


def _sync_folder(folder: Path) -> None:
    """Have the renamed file's name on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _version() -> str:
    try:
        return metadata.version("whatsapp-llm-bot")
    except metadata.PackageNotFoundError:
        return "unknown"
