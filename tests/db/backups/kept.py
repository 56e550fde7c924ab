"""Backups for tests: made, described, and looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyrage  # type: ignore[import-untyped]

from db.backups.backup import make_backup
from db.backups.folder import BackupFolder
from db.backups.manifest import Manifest, path_of_manifest, read_manifest, sign
from db.backups.restore import RestoreRequest
from db.beside.new_database import drop
from db.database import Database
from db.privacy.tombstones import Graveyard
from tests.db.sql import PATIENT

KEY = b"the key of the tombstones"
LEFT = """
SELECT datname FROM pg_database WHERE starts_with(datname, %(prefix)s) ORDER BY 1
"""


def manifest_of(dump: Path, **known: object) -> Manifest:
    """Return a manifest of which a test says only what it is about."""
    made = Manifest(
        file=dump.name,
        created_at=datetime.now(UTC),
        database="chats",
        migration="0001",
        bot_version="1",
        server_version="16.1",
        pg_dump_version="16",
        size=6,
        sha256="0" * 64,
        encryption=None,
        automatic=True,
        rows={},
        owners=[],
        grantees=[],
    )
    return replace(made, **known)  # type: ignore[arg-type]


def dump_of(database: Database, folder: Path, public_key: str | None = None) -> Path:
    """Make a backup; return its dump."""
    return make_backup(database, BackupFolder(folder, public_key), KEY)[0]


def order_of(dump: Path, identity: Path | None = None) -> RestoreRequest:
    """Return the order to restore a dump; its tombstones lie beside it."""
    graveyard = Graveyard(dump.parent / "erasures.jsonl", KEY)
    return RestoreRequest(dump=dump, identity=identity, graveyard=graveyard)


def signed_again(dump: Path, **known: object) -> None:
    """Change what a manifest says, and sign that, as who has the key could."""
    changed = replace(read_manifest(dump), **known)  # type: ignore[arg-type]
    path_of_manifest(dump).write_text(sign(changed, KEY).to_json())


def new_pair(file: Path) -> str:
    """Write an age identity file as `bot db keygen` does; return the public key."""
    identity = pyrage.x25519.Identity.generate()
    file.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def databases_beside(database: Database) -> list[str]:
    """Return the databases that restores of this one made, without their times."""
    prefix = f"{database.name}_"
    with database.maintenance(PATIENT) as beside:
        found = beside.column(LEFT, {"prefix": prefix})
    return [name.removeprefix(prefix).rpartition("_")[0] for name in found]


@contextmanager
def leaving_no_databases(database: Database) -> Iterator[None]:
    """Drop afterwards what restores of this database left."""
    try:
        yield
    finally:
        with database.maintenance(PATIENT) as beside:
            for left in beside.column(LEFT, {"prefix": f"{database.name}_"}):
                drop(beside, left)
