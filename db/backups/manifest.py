"""What lies beside each backup: what it holds, and how to tell that it is whole."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from db.database import Connection, Database
from db.errors import OperatorError
from db.schema import current

FORMAT = 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
BLOCK = 1 << 20
SUFFIX = ".json"
# Counting a large table takes its time. pg_dump works on the same snapshot meanwhile,
# so that holding it keeps nothing more back.
MOST_SECONDS = 4 * 3600.0
LONGEST_DUMP_SECONDS = 24 * 3600.0
TABLES = """
SELECT nspname, relname
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relpersistence <> 't'
  AND nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend
                  WHERE objid = pg_class.oid AND classid = 'pg_class'::regclass
                    AND deptype = 'e')
ORDER BY 1, 2
"""
# Objects of the role that made the cluster do not stand in pg_shdepend.
OWNERS = """
SELECT DISTINCT rolname::text FROM pg_roles JOIN (
  SELECT relowner FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
) AS owned ON owned.relowner = pg_roles.oid ORDER BY 1
"""
GRANTEES = """
SELECT DISTINCT rolname::text FROM pg_roles JOIN pg_shdepend ON refobjid = pg_roles.oid
WHERE refclassid = 'pg_authid'::regclass
  AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup: `size` is in bytes; `rows` counts each table as the dump holds it.

    `encryption` is `age` or None. `automatic` ones rotate, named ones stay.
    `owners` and `grantees` are the roles that the dump names.
    """

    file: str
    created_at: datetime
    database: str
    migration: str | None
    bot_version: str
    server_version: str
    pg_dump_version: str
    size: int
    sha256: str
    encryption: str | None
    automatic: bool
    rows: dict[str, int]
    owners: list[str]
    grantees: list[str]
    format: int = FORMAT

    def to_json(self) -> str:
        """Return the file's text."""
        known = {**asdict(self), "created_at": self.created_at.isoformat()}
        return json.dumps(known, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read the file's text; raises ValueError where it is none of ours."""
        read = json.loads(text)
        if not isinstance(read, dict) or read.get("format") != FORMAT:
            raise ValueError(f"not of format {FORMAT}")
        names = {field.name for field in fields(cls)}
        if missing := names - set(read):
            raise ValueError(f"without {', '.join(sorted(missing))}")
        known: dict[str, Any] = {name: read[name] for name in names}
        known["created_at"] = datetime.fromisoformat(known["created_at"])
        known["rows"] = {str(k): int(v) for k, v in known["rows"].items()}
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Backup:
    """A dump, what its manifest says, and the file with the key if it has one."""

    dump: Path
    manifest: Manifest
    identity: Path | None = None


def path_of_manifest(dump: Path) -> Path:
    """Return where the manifest of a dump lies."""
    return dump.with_name(dump.name + SUFFIX)


def read_manifest(dump: Path) -> Manifest:
    """Return a dump's manifest; raises OperatorError where it can't be read."""
    path = path_of_manifest(dump)
    try:
        return Manifest.from_json(path.read_text())
    except FileNotFoundError:
        raise OperatorError(
            f"{path} is missing: nothing tells whether the dump is whole. Put it back "
            "beside the dump, or restore another backup"
        ) from None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise OperatorError(
            f"{path} can't be read ({error}): restore another backup"
        ) from None


def check_whole(dump: Path, manifest: Manifest) -> None:
    """Compare a dump with its manifest; raises OperatorError where they differ."""
    try:
        size = dump.stat().st_size
        with dump.open("rb") as file:
            digest = hashlib.sha256()
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise OperatorError(f"{dump} can't be read: {error.strerror}") from None
    advice = "nothing was changed: copy it again, or restore another backup"
    if size != manifest.size:
        raise OperatorError(
            f"{dump} has {size} bytes and should have {manifest.size}; {advice}"
        )
    if digest.hexdigest() != manifest.sha256:
        raise OperatorError(f"{dump} is damaged: its sha256 is another one; {advice}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a database. `rows` counts every table, exactly."""

    url: str = field(repr=False)
    name: str
    taken_at: datetime
    server_version: str
    server_major: int
    migration: str | None
    rows: dict[str, int]
    owners: list[str]
    grantees: list[str]


@contextmanager
def hold_snapshot(database: Database) -> Iterator[Snapshot]:
    """Yield a snapshot that others can join as long as this lasts.

    Raises psycopg's errors.
    """
    with database.transaction(
        MOST_SECONDS, snapshot=True, idle_seconds=LONGEST_DUMP_SECONDS
    ) as connection:
        now = connection.first(
            "SELECT pg_export_snapshot() AS name, now() AS taken_at, "
            "current_setting('server_version') AS version"
        )
        yield Snapshot(
            url=database.url,
            name=now.name,
            taken_at=now.taken_at,
            server_version=now.version,
            server_major=server_major(connection),
            migration=current(connection),
            rows=count_rows(connection),
            owners=connection.column(OWNERS),
            grantees=connection.column(GRANTEES),
        )


def server_major(connection: Connection) -> int:
    """Return the server's major version."""
    return connection.driver.info.server_version // 10_000


def count_rows(connection: Connection) -> dict[str, int]:
    """Return the number of rows of every table, its schema before its name."""
    counted = {}
    for schema, table in connection.rows(TABLES):
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        counted[f"{schema}.{table}"] = connection.scalar(query)
    return counted
