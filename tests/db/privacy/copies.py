"""Copies of a database beside it, as restores leave them."""

from collections.abc import Iterator
from contextlib import contextmanager

from db.beside.left import Kind, name_beside
from db.database import Database
from tests.db.backups.kept import leaving_no_databases
from tests.db.sql import PATIENT, change, opened


@contextmanager
def left_beside(database: Database, kind: Kind = "before") -> Iterator[Database]:
    """Yield a copy of the database as it is now, as a restore leaves it."""
    name = name_beside(database.name, kind)
    copy = f'CREATE DATABASE "{name}" TEMPLATE "{database.name}" STRATEGY file_copy'
    database.close()
    with leaving_no_databases(database):
        with database.maintenance(PATIENT) as server:
            change(server, copy)
        with opened(database.beside(name, PATIENT).url) as beside:
            yield beside
