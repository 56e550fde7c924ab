"""The new database beside the one in use: made like it, and put into its place.

`beside` is a database of the same server that neither of them is (db.database).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from psycopg import errors, sql

from db.database import Connection, Database, Statements
from db.errors import OperatorError
from db.outages import FAILURES

EXISTS = "SELECT 1 FROM pg_database WHERE datname = %(name)s"
LIKENESS = """
SELECT datdba::regrole::text, pg_encoding_to_char(encoding), datlocprovider::text,
       datcollate, datctype, shobj_description(oid, 'pg_database'), datacl IS NULL
FROM pg_database WHERE datname = %(name)s
"""
SETTINGS = """
SELECT rolname::text, split_part(setting, '=', 1),
       substr(setting, strpos(setting, '=') + 1)
FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS setting
LEFT JOIN pg_roles ON pg_roles.oid = setrole
WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = %(name)s)
"""
GRANTS = """
SELECT rolname::text, privilege_type, is_grantable
FROM pg_database CROSS JOIN aclexplode(datacl)
LEFT JOIN pg_roles ON pg_roles.oid = grantee
WHERE datname = %(name)s
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
MOST_TRIES = 5
CUT_SECONDS = 0.1
TERMINATE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = ANY (%(names)s) AND pid <> pg_backend_pid()
"""
LONGEST_WAIT = "SET LOCAL lock_timeout = '15s'"


def exists(beside: Database, name: str) -> bool:
    """Tell whether the server has a database of that name."""
    return beside.scalar(EXISTS, {"name": name}) is not None


def create_like(
    beside: Database, new: str, model: str, owner: str | None = None
) -> None:
    """Create a database; of `model`'s encoding, if that one exists.

    `owner` is another role than the one that creates it. Raises OperatorError where
    this role may not.
    """
    found = beside.first(LIKENESS, {"name": model})
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(
        sql.Identifier(new)
    )
    if owner is not None:
        statement += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
    if found:
        statement += _likeness(*found[1:5])
    try:
        beside.count(statement)
    except errors.InsufficientPrivilege:
        raise OperatorError(
            MAY_NOT.format(role=_user(beside), database=model)
        ) from None


def _likeness(encoding: str, provider: str, collate: str, ctype: str) -> sql.Composable:
    options = sql.SQL(" ENCODING {}").format(sql.Literal(encoding))
    if provider == "c":
        options += sql.SQL(" LC_COLLATE {} LC_CTYPE {}").format(
            sql.Literal(collate), sql.Literal(ctype)
        )
    return options


def make_like(beside: Database, new: str, model: str) -> None:
    """Give a database the owner, the settings, the grants and the comment of `model`.

    Where there is none, it belongs to who is logged in.
    """
    found = beside.first(LIKENESS, {"name": model})
    # The owner's name comes quoted from regrole.
    owner = found[0] if found else "CURRENT_USER"
    give = sql.SQL("ALTER DATABASE {} OWNER TO {}")
    beside.count(give.format(sql.Identifier(new), sql.SQL(owner)))
    if found:
        _copy_settings(beside, new, model)
        _copy_grants(beside, new, model, comment=found[5], only_defaults=found[6])


def drop(beside: Database, name: str) -> None:
    """Drop a database that we made, whoever is connected to it."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    beside.count(statement.format(sql.Identifier(name)))


def _copy_settings(beside: Database, new: str, model: str) -> None:
    for role, name, value in beside.rows(SETTINGS, {"name": model}):
        if role is not None or name != OURS:
            with beside.transaction() as connection:
                _set(connection, _whose(role, new), name, value)


def _whose(role: str | None, database: str) -> sql.Composable:
    if role is None:
        return sql.SQL("DATABASE {}").format(sql.Identifier(database))
    return sql.SQL("ROLE {} IN DATABASE {}").format(
        sql.Identifier(role), sql.Identifier(database)
    )


def _set(connection: Connection, whose: sql.Composable, name: str, value: str) -> None:
    setting = sql.SQL(name)
    if name in LISTS:
        known = {"name": name, "value": value}
        connection.scalar("SELECT set_config(%(name)s, %(value)s, true)", known)
        statement = sql.SQL("ALTER {} SET {} FROM CURRENT").format(whose, setting)
    else:
        statement = sql.SQL("ALTER {} SET {} TO {}").format(
            whose, setting, sql.Literal(value)
        )
    connection.count(statement)


def _copy_grants(
    beside: Database,
    new: str,
    model: str,
    *,
    comment: str | None,
    only_defaults: bool,
) -> None:
    database = sql.Identifier(new)
    if comment is not None:
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        beside.count(statement.format(database, sql.Literal(comment)))
    if only_defaults:
        return
    revoke = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC")
    beside.count(revoke.format(database))
    for role, privilege, grantable in beside.rows(GRANTS, {"name": model}):
        grant = sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(
            sql.SQL(privilege),
            database,
            sql.Identifier(role) if role else sql.SQL("PUBLIC"),
            sql.SQL(" WITH GRANT OPTION" if grantable else ""),
        )
        beside.count(grant)


def stop_writes(beside: Database, name: str) -> None:
    """Let nobody write to a database any more; who is connected is cut off.

    The bot takes that for an outage: webhooks get 503, and the worker waits.
    """
    _alter(beside, "ALTER DATABASE {} SET {} = on", name)
    # Twice: who was just connecting came in with the old setting.
    for _ in range(2):
        terminate(beside, name)
        beside.scalar("SELECT pg_sleep(0.05)")


def allow_writes(beside: Database, name: str) -> None:
    """Undo stop_writes."""
    _alter(beside, "ALTER DATABASE {} RESET {}", name)


def terminate(beside: Database, *names: str) -> None:
    """Cut off everybody who is connected to these databases.

    Raises OperatorError where this role may not.
    """
    try:
        beside.rows(TERMINATE, {"names": list(names)})
    except errors.InsufficientPrivilege:
        role = _user(beside)
        raise OperatorError(
            f"others are connected to {names[0]}, and the role {role} may not cut them "
            "off: stop the bot and whoever else uses it, or have an administrator run "
            f'`GRANT pg_signal_backend TO "{role}"`; nothing was changed'
        ) from None


def swap(beside: Database, name: str, new: str, before: str) -> None:
    """Rename `name`, if there is one, to `before`, and `new` to `name`; or neither.

    Raises OperatorError when others keep connecting in between.
    """
    replaced = exists(beside, name)
    for _ in range(MOST_TRIES):
        terminate(beside, name, new)
        try:
            # Renaming holds new connections back until it is committed.
            with (
                _cutting_off(beside, name, new),
                beside.transaction() as connection,
            ):
                connection.count(LONGEST_WAIT)
                if replaced:
                    _rename(connection, name, before)
                    _alter(connection, "ALTER DATABASE {} RESET {}", before)
                _rename(connection, new, name)
        except errors.ObjectInUse:
            continue
        return
    raise OperatorError(
        f"others keep connecting to {name}: stop the bot and whoever else uses it, and "
        "try again; nothing was changed"
    )


@contextmanager
def _cutting_off(beside: Database, *names: str) -> Iterator[None]:
    """Cut off who got in before a renaming that waits for them held others back.

    The bot is that quick: it connects again as soon as it was cut off.
    """
    is_done = threading.Event()

    def cut_off() -> None:
        while not is_done.wait(CUT_SECONDS):
            with suppress(*FAILURES):
                beside.rows(TERMINATE, {"names": list(names)})

    thread = threading.Thread(target=cut_off)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


def _rename(connection: Statements, name: str, to: str) -> None:
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    connection.count(statement.format(sql.Identifier(name), sql.Identifier(to)))


def _alter(connection: Statements, statement: str, name: str) -> None:
    what = sql.SQL(statement)
    connection.count(what.format(sql.Identifier(name), sql.Identifier(OURS)))


def _user(beside: Database) -> str:
    return str(beside.scalar("SELECT session_user"))
