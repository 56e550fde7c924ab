"""A new, empty database like another one: owner, encoding, settings and grants."""

from psycopg import errors, sql

from db.errors import OperatorError
from db.operations.server import Connection

EXISTS = "SELECT 1 FROM pg_database WHERE datname = %s"
LIKENESS = """
SELECT datdba::regrole::text, pg_encoding_to_char(encoding), datlocprovider::text,
       datcollate, datctype, shobj_description(oid, 'pg_database'), datacl IS NULL
FROM pg_database WHERE datname = %s
"""
SETTINGS = """
SELECT rolname::text, split_part(setting, '=', 1),
       substr(setting, strpos(setting, '=') + 1)
FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS setting
LEFT JOIN pg_roles ON pg_roles.oid = setrole
WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = %s)
"""
GRANTS = """
SELECT rolname::text, privilege_type, is_grantable
FROM pg_database CROSS JOIN aclexplode(datacl)
LEFT JOIN pg_roles ON pg_roles.oid = grantee
WHERE datname = %s
"""
MAY_NOT = (
    "the role {role} may not create databases like {database}, and a restore never "
    "writes into the one in use: have an administrator run "
    '`ALTER ROLE "{role}" CREATEDB`, or use a role in DATABASE_URL that may; where the '
    "host allows neither, restore on a server of your own and move the result with the "
    "host's tools"
)
# Lists, whose elements a single quoted value would make into one.
LISTS = {"search_path", "temp_tablespaces"}
# A restore sets it for the time of the swap.
OURS = "default_transaction_read_only"


def exists(beside: Connection, name: str) -> bool:
    """Tell whether the server has a database of that name."""
    return beside.execute(EXISTS, [name]).fetchone() is not None


def create_like(beside: Connection, new: str, model: str) -> None:
    """Create a database; like `model`, if that one exists.

    Raises OperatorError where this role may not.
    """
    found = beside.execute(LIKENESS, [model]).fetchone()
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(
        sql.Identifier(new)
    )
    if found:
        statement += _likeness(*found[:5])
    try:
        beside.execute(statement)
    except errors.InsufficientPrivilege:
        raise OperatorError(
            MAY_NOT.format(role=beside.info.user, database=model)
        ) from None
    if found:
        _copy_settings(beside, new, model)
        _copy_grants(beside, new, model, comment=found[5], only_defaults=found[6])


def _likeness(
    owner: str, encoding: str, provider: str, collate: str, ctype: str
) -> sql.Composable:
    # The owner's name comes quoted from regrole.
    options = sql.SQL(" OWNER {} ENCODING {}").format(
        sql.SQL(owner), sql.Literal(encoding)
    )
    if provider == "c":
        options += sql.SQL(" LC_COLLATE {} LC_CTYPE {}").format(
            sql.Literal(collate), sql.Literal(ctype)
        )
    return options


def drop(beside: Connection, name: str) -> None:
    """Drop a database that we made, whoever is connected to it."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    beside.execute(statement.format(sql.Identifier(name)))


def _copy_settings(beside: Connection, new: str, model: str) -> None:
    for role, name, value in beside.execute(SETTINGS, [model]).fetchall():
        if role is not None or name != OURS:
            with beside.transaction():
                _set(beside, _whose(role, new), name, value)


def _whose(role: str | None, database: str) -> sql.Composable:
    if role is None:
        return sql.SQL("DATABASE {}").format(sql.Identifier(database))
    return sql.SQL("ROLE {} IN DATABASE {}").format(
        sql.Identifier(role), sql.Identifier(database)
    )


def _set(beside: Connection, whose: sql.Composable, name: str, value: str) -> None:
    setting = sql.SQL(name)
    if name in LISTS:
        beside.execute("SELECT set_config(%s, %s, true)", [name, value])
        statement = sql.SQL("ALTER {} SET {} FROM CURRENT").format(whose, setting)
    else:
        statement = sql.SQL("ALTER {} SET {} TO {}").format(
            whose, setting, sql.Literal(value)
        )
    beside.execute(statement)


def _copy_grants(
    beside: Connection,
    new: str,
    model: str,
    *,
    comment: str | None,
    only_defaults: bool,
) -> None:
    database = sql.Identifier(new)
    if comment is not None:
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        beside.execute(statement.format(database, sql.Literal(comment)))
    if only_defaults:
        return
    revoke = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC")
    beside.execute(revoke.format(database))
    for role, privilege, grantable in beside.execute(GRANTS, [model]).fetchall():
        grant = sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(
            sql.SQL(privilege),
            database,
            sql.Identifier(role) if role else sql.SQL("PUBLIC"),
            sql.SQL(" WITH GRANT OPTION" if grantable else ""),
        )
        beside.execute(grant)
