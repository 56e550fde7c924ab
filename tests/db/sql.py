"""Plain SQL for tests: what a person at psql would see and do."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from db.chats import PostgresChatStore
from db.database import Connection, Database
from db.pool import Limits
from db.records import InboundMessage, Userchat

MOST_LOOKS = 1500
# Generous: what the tests hold is never how fast a busy machine is.
PATIENT = Limits(connections=16, statement_seconds=30, pool_seconds=30)
SECONDS_BETWEEN_LOOKS = 0.02


@contextmanager
def opened(url: str, limits: Limits = PATIENT) -> Iterator[Database]:
    """Open a database by its address; its connections are closed after."""
    with closing(Database(url, limits)) as database:
        yield database


def rows(database: Database, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Run a query in a transaction of its own."""
    return [tuple(row) for row in database.rows(query, parameters or None)]


def values(database: Database, query: str, **parameters: Any) -> list[Any]:
    """Return the first column."""
    return database.column(query, parameters or None)


def value(database: Database, query: str, **parameters: Any) -> Any:
    """Return the one value that a query finds."""
    ((found,),) = rows(database, query, **parameters)
    return found


def change(database: Database, statement: str, **parameters: Any) -> int:
    """Run a statement and commit; return how many rows it changed."""
    return database.count(statement, parameters or None)


def grow_old(database: Database) -> int:
    """Have the first message of each chat be an hour old, as if it had waited."""
    statement = """
        UPDATE userchats SET messages =
          jsonb_set(messages, '{0,timestamp}', to_jsonb(now() - interval '1 hour'))
    """
    return change(database, statement)


def take_in(store: PostgresChatStore, message: InboundMessage) -> str:
    """Record a message that must be new; return its chat."""
    chat_id = store.record_inbound(message).chat_id
    assert chat_id is not None
    return chat_id


def load(store: PostgresChatStore, chat_id: str) -> Userchat:
    """Load a chat that must be there."""
    chat = store.load_chat(chat_id)
    assert chat is not None
    return chat


@contextmanager
def holding(database: Database, lock: str) -> Iterator[Connection]:
    """Hold a lock, taken by a statement, that others wait for."""
    with database.transaction(idle_seconds=60) as connection:
        connection.count(lock)
        yield connection


def appears(condition: Callable[[], object]) -> bool:
    """Wait for a condition, for half a minute at most."""
    pause = threading.Event()
    return any(
        condition() or pause.wait(SECONDS_BETWEEN_LOOKS) for _ in range(MOST_LOOKS)
    )


def waiting_backends(database: Database) -> list[int]:
    """Return the pids of this database's connections that wait for a lock."""
    query = """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
    return values(database, query)


def end_backend(database: Database, pid: int) -> None:
    """Kill a connection from the server's side, as a crash would."""
    assert value(database, "SELECT pg_terminate_backend(%(pid)s)", pid=pid)
