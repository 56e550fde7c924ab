"""A database with its four roles: made, migrated by its owner, and bounded."""

from collections.abc import Mapping
from contextlib import closing

from db import schema
from db.access.rights import RoleNames
from db.access.roles import make_roles, set_up_roles
from db.address import with_login
from db.database import Database
from db.pool import Limits

ONE_LOOK = Limits(connections=1)


def install(
    database: Database, prefix: str, passwords: Mapping[str, str], revision: str
) -> None:
    """Make the four roles, migrate as the owner, give each role exactly its rights.

    `database` is opened as a superuser, whether it is empty, of earlier migrations or
    of a time without roles; what was made then becomes the owner's. `passwords` has one
    for each role. May be repeated, also after it broke off. Raises OperatorError.
    """
    make_roles(database, prefix, passwords)
    owner = RoleNames(prefix).owner
    url = with_login(database.url, owner, passwords[owner])
    with closing(Database(url, ONE_LOOK)) as owned:
        schema.upgrade(owned, revision)
    set_up_roles(database, prefix)
