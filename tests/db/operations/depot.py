"""Backups for tests: made, described, and looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyrage  # type: ignore[import-untyped]

from db.operations.backup import Depot, make_backup
from db.operations.graves import Graves
from db.operations.manifest import Manifest
from db.operations.restore import Order
from db.operations.server import connect_beside, database_of

KEY = b"the key of the tombstones"


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
        sha256="",
        encryption=None,
        automatic=True,
        rows={},
        owners=[],
        grantees=[],
    )
    return replace(made, **known)  # type: ignore[arg-type]


def dump_of(url: str, folder: Path, public_key: str | None = None) -> Path:
    """Make a backup; return its dump."""
    return make_backup(url, Depot(folder, public_key))[0]


def order_of(dump: Path, identity: Path | None = None) -> Order:
    """Return the order to restore a dump; its tombstones lie beside it."""
    graves = Graves(dump.parent / "erasures.jsonl", KEY)
    return Order(dump=dump, identity=identity, graves=graves)


def new_pair(file: Path) -> str:
    """Write an age identity file as age-keygen does; return the public key."""
    identity = pyrage.x25519.Identity.generate()
    file.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def databases_beside(url: str) -> list[str]:
    """Return the databases that restores of this one made, without their times."""
    name = database_of(url)
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1"
    with connect_beside(url) as beside:
        found = beside.execute(query, [name + "_"]).fetchall()
    return [row[0].removeprefix(name + "_").rpartition("_")[0] for row in found]


@contextmanager
def leaving_no_databases(url: str) -> Iterator[None]:
    """Drop afterwards what restores of this database left."""
    try:
        yield
    finally:
        name = database_of(url)
        with connect_beside(url) as beside:
            query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            for (left,) in beside.execute(query, [name + "_"]).fetchall():
                drop = psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)")
                beside.execute(drop.format(psycopg.sql.Identifier(left)))
