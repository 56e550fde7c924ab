"""The role that a restored database belongs to until it is known to be harmless.

A dump is code. Whoever could write it could have written `COPY … TO PROGRAM`, and what
pg_restore runs, it runs with the rights of who is logged in: taking them away within a
session is no barrier, since the session can take them back. So pg_restore, and all that
looks into the new database afterwards, logs in as a role of its own, which may do
nothing but own that database.
"""

import secrets
from dataclasses import dataclass, field

import psycopg
from psycopg import errors, sql

from db.address import with_login
from db.beside.left import find_left_names
from db.beside.rights import Rights, give_away
from db.database import Connection, Database
from db.errors import OperatorError
from db.outages import first_line
from db.pool import Limits

MINE = """
SELECT current_user::text AS name, rolsuper AS is_super, rolcreaterole AS makes_roles
FROM pg_roles WHERE rolname = current_user
"""
ROLES = "SELECT rolname::text FROM pg_roles WHERE rolcanlogin"
LONGEST_RESTORE = "interval '2 days'"


@dataclass(frozen=True, slots=True)
class Owner:
    """A role that lives as long as a restore, and is called as its database."""

    name: str
    password: str = field(repr=False)


def make_owner(beside: Database, name: str) -> Owner | None:
    """Make the role; None where the one that is logged in may make no roles.

    Such a one has no great rights itself.
    """
    me = beside.first(MINE)
    if not (me.is_super or me.makes_roles):
        return None
    owner = Owner(name, secrets.token_urlsafe(24))
    role = sql.Identifier(name)
    with beside.transaction() as connection:
        until = connection.scalar(f"SELECT (now() + {LONGEST_RESTORE})::text")
        make = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} VALID UNTIL {}")
        verifier = sql.Literal(hash_password(connection, name, owner.password))
        connection.count(make.format(role, verifier, sql.Literal(until)))
        if not me.is_super:
            connection.count(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    return owner


def hash_password(connection: Connection, name: str, password: str) -> str:
    """Return the SCRAM verifier: the password itself never reaches the server's log."""
    encrypt = connection.driver.pgconn.encrypt_password
    return encrypt(password.encode(), name.encode(), b"scram-sha-256").decode()


def opened_as(owner: Owner | None, new: Database, limits: Limits) -> Database:
    """Return the new database as that role reaches it; raises OperatorError."""
    if owner is None:
        return new
    confined = Database(with_login(new.url, owner.name, owner.password), limits)
    try:
        confined.scalar("SELECT 1")
    except psycopg.OperationalError as error:
        confined.close()
        raise OperatorError(
            f"a backup is restored by a role made for it, and {owner.name} could not "
            f"log in ({first_line(error)}), nothing was changed: let roles log in with "
            "their passwords from here (pg_hba.conf: scram-sha-256)"
        ) from None
    return confined


def take_over(new: Database, owner: Owner, rights: Rights, to: str) -> None:
    """Give all that the role owns to whom it belonged, and drop the role; or neither.

    What is nobody's in particular goes to `to`. `new` is opened as who made the role.
    """
    with new.transaction() as connection:
        give_away(connection, owner.name, rights, to)
        role = sql.Identifier(owner.name)
        connection.count(sql.SQL("DROP OWNED BY {}").format(role))
        connection.count(sql.SQL("DROP ROLE {}").format(role))


def drop_owner(beside: Database, name: str) -> None:
    """Drop the role of a database that is gone."""
    beside.count(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def drop_left_owners(beside: Database, live: str) -> None:
    """Drop the roles of restores that were killed; their databases are gone already."""
    for name in find_left_names(beside.column(ROLES), live):
        try:
            drop_owner(beside, name)
        except (errors.DependentObjectsStillExist, errors.InsufficientPrivilege):
            continue  # it may not even log in any more, once its time is over
