"""How many pages PostgreSQL looked at: what says without a clock what grows."""

from db.database import Database
from tests.db.sql import value

FLUSH = "SELECT pg_stat_force_next_flush()"
PAGES = """
SELECT COALESCE(sum(heap_blks_read + heap_blks_hit + COALESCE(idx_blks_read, 0)
                    + COALESCE(idx_blks_hit, 0)), 0)::int
FROM pg_statio_user_tables WHERE relname = %(table)s
"""


class Reading:
    """Counts the pages of a table and its indexes that are looked at from now on.

    All of it goes over one connection: a server process tells only of itself.
    """

    def __init__(self, database: Database, table: str) -> None:
        self._database, self._table = database, table
        self._before = self._count()

    @property
    def pages(self) -> int:
        """As often as they were looked at."""
        return self._count() - self._before

    def _count(self) -> int:
        value(self._database, FLUSH)
        return int(value(self._database, PAGES, table=self._table))
