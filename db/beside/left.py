"""The databases that restores leave beside the live one: their names, and which exist.

Its name comes first, then what they are, then when they were made:
`whatsapp_bot_before_20261124180733`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal, get_args

from db.database import Database, Statements

Kind = Literal["before", "restored", "drill"]
STAMP = "%Y%m%d%H%M%S"
LONGEST_NAME = 63  # bytes, PostgreSQL's
ENDING = re.compile(f"_(?P<kind>{'|'.join(get_args(Kind))})_(?P<stamp>[0-9]{{14}})")
LIKELY = """
SELECT datname::text FROM pg_database
WHERE datname ~ '_(before|restored|drill)_[0-9]{14}$' ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Left:
    """A database beside the live one.

    `before` was live until something took its place; `restored` and `drill` are of a
    restore or a drill that runs, or that was killed.
    """

    name: str
    kind: Kind
    made_at: datetime


def name_beside(live: str, kind: Kind, now: datetime | None = None) -> str:
    """Return a name for a new database beside the one that is called `live`."""
    stamp = (now or datetime.now(UTC)).astimezone(UTC).strftime(STAMP)
    return _stem(live, kind) + f"_{kind}_{stamp}"


def find_left(server: Statements, live: str) -> list[Left]:
    """Return the databases that restores left beside the one called `live`.

    Oldest first; any database of the server may be asked. Raises psycopg's errors.
    """
    return _read_all(server.column(LIKELY), live)


def find_left_names(names: Iterable[str], live: str) -> list[str]:
    """Return those of the names that are of databases beside the one called `live`."""
    return [left.name for left in _read_all(names, live)]


def find_beside(database: Database) -> list[Left]:
    """Return the databases that restores left beside this one, oldest first.

    `database.beside(left.name, limits)` opens one. It may be at an older migration, and
    gone at any moment. Raises psycopg's errors.
    """
    return find_left(database, database.name)


def _read_all(names: Iterable[str], live: str) -> list[Left]:
    found = filter(None, (_read(name, live) for name in names))
    return sorted(found, key=lambda left: left.made_at)


def _read(name: str, live: str) -> Left | None:
    ending = ENDING.search(name, max(name.rfind("_", 0, -15), 0))
    if ending is None or ending.end() != len(name):
        return None
    kind: Kind = ending["kind"]  # type: ignore[assignment]
    if name[: ending.start()] != _stem(live, kind):
        return None
    try:
        made_at = datetime.strptime(ending["stamp"], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Left(name, kind, made_at)


def _stem(live: str, kind: Kind) -> str:
    """Return the live one's name; of a long one its beginning, and what tells it."""
    room = LONGEST_NAME - len(f"_{kind}_") - 14
    if len(live.encode()) <= room:
        return live
    told = "_" + sha256(live.encode()).hexdigest()[:8]
    return live.encode()[: room - len(told)].decode(errors="ignore") + told
