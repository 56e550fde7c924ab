"""All that is stored, row by row: what a request added, and that it changed no more."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from db.database import Database
from tests.db.sql import rows, value

TABLES = (
    "users",
    "user_aliases",
    "opt_outs",
    "userchats",
    "inbound_messages",
    "reply_parts",
    "procrastinate_jobs",
)
EVERYTHING = " UNION ALL ".join(
    f"SELECT '{table}' AS name, {table}::text AS content FROM {table}"  # noqa: S608
    for table in TABLES
)
ONE_NEW_CHAT = {
    "users": 1,
    "userchats": 1,
    "inbound_messages": 1,
    "procrastinate_jobs": 1,
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """What one database holds."""

    database: Database

    def read(self) -> Counter[tuple[Any, ...]]:
        """Return every row of every table of ours, and of the queue's jobs, as text."""
        return Counter(rows(self.database, EVERYTHING))

    def last_stored(self) -> dict[str, Any]:
        """Return the newest message with its sender, as psql would show it."""
        query = """
            SELECT messages -> -1 || jsonb_build_object(
                'address', phone_number, 'full_name', full_name)
            FROM userchats JOIN users ON user_id = customer_id
            ORDER BY userchats.created_at DESC LIMIT 1
        """
        found: dict[str, Any] = value(self.database, query)
        return found


def added(
    before: Counter[tuple[Any, ...]], after: Counter[tuple[Any, ...]]
) -> dict[str, int]:
    """Return how many rows came, by table; no row may have changed or gone."""
    assert not before - after
    return dict(Counter(name for name, _ in (after - before).elements()))
