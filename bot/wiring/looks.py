"""A look at a database before a process begins."""

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from db.database import Database
from db.pool import Limits

Result = TypeVar("Result")
ONE_LOOK = Limits(connections=1)


def with_database(
    url: str, work: Callable[[Database], Result], setting: str = "DATABASE_URL"
) -> Result:
    """Do something with a database over one connection, before a process begins."""
    with closing(Database(url, ONE_LOOK, setting)) as database:
        return work(database)
