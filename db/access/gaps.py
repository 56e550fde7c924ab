"""What readers may do beyond looking: what is left to a superuser, or is elsewhere."""

from dataclasses import dataclass

from db.access.rights import LARGE_OBJECTS, RoleNames
from db.database import Database
from db.outages import explained

OTHERS = """
SELECT datname::text FROM pg_database
WHERE datname <> current_database() AND datallowconn
  AND has_database_privilege(%(role)s, oid, 'CONNECT') ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Whether readers may store large objects here, and which databases they enter."""

    large_objects: bool
    databases: list[str]


def find_gaps(database: Database, prefix: str) -> Gaps:
    """Return what the role for people who look may do beyond looking.

    Raises OperatorError.
    """
    known = {"role": RoleNames(prefix).readonly}
    with explained("looking at what readers may do"):
        stores = bool(database.column(LARGE_OBJECTS))
        return Gaps(stores, database.column(OTHERS, known))
