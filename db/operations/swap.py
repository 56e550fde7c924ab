"""Putting a restored database in the place of the one in use, or not at all."""

from psycopg import errors, sql

from db.errors import OperatorError
from db.operations.server import Connection
from db.operations.twin import OURS, exists

MOST_TRIES = 5
TERMINATE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = ANY (%s) AND pid <> pg_backend_pid()
"""
LONGEST_WAIT = "SET LOCAL lock_timeout = '15s'"


def stop_writes(beside: Connection, name: str) -> None:
    """Let nobody write to a database any more; who is connected is cut off.

    The bot takes that for an outage: webhooks get 503, and the worker starts again.
    """
    _alter(beside, "ALTER DATABASE {} SET {} = on", name)
    # Twice: who was just connecting came in with the old setting.
    for _ in range(2):
        terminate(beside, name)
        beside.execute("SELECT pg_sleep(0.05)")


def allow_writes(beside: Connection, name: str) -> None:
    """Undo stop_writes."""
    _alter(beside, "ALTER DATABASE {} RESET {}", name)


def terminate(beside: Connection, *names: str) -> None:
    """Cut off everybody who is connected to these databases.

    Raises OperatorError where this role may not.
    """
    try:
        beside.execute(TERMINATE, [list(names)])
    except errors.InsufficientPrivilege:
        role = beside.info.user
        raise OperatorError(
            f"others are connected to {names[0]}, and the role {role} may not cut them "
            "off: stop the bot and whoever else uses it, or have an administrator run "
            f'`GRANT pg_signal_backend TO "{role}"`; nothing was changed'
        ) from None


def swap(beside: Connection, name: str, new: str, before: str) -> None:
    """Rename `name`, if there is one, to `before`, and `new` to `name`; or neither.

    Raises OperatorError when others keep connecting in between.
    """
    replaced = exists(beside, name)
    for _ in range(MOST_TRIES):
        terminate(beside, name, new)
        try:
            # Renaming holds new connections back until it is committed.
            with beside.transaction():
                beside.execute(LONGEST_WAIT)
                if replaced:
                    _rename(beside, name, before)
                    _alter(beside, "ALTER DATABASE {} RESET {}", before)
                _rename(beside, new, name)
        except errors.ObjectInUse:
            continue
        return
    raise OperatorError(
        f"others keep connecting to {name}: stop the bot and whoever else uses it, and "
        "restore again; nothing was changed"
    )


def _rename(beside: Connection, name: str, to: str) -> None:
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    beside.execute(statement.format(sql.Identifier(name), sql.Identifier(to)))


def _alter(beside: Connection, statement: str, name: str) -> None:
    what = sql.SQL(statement)
    beside.execute(what.format(sql.Identifier(name), sql.Identifier(OURS)))
