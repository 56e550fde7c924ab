"""Plain SQL for tests: what a person at psql would see and do."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, text

from db.postgres import PostgresChatStore
from db.records import InboundMessage, Userchat

MOST_LOOKS = 600
SECONDS_BETWEEN_LOOKS = 0.02


def rows(engine: Engine, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Run a query in a transaction of its own."""
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query), parameters)]


def values(engine: Engine, query: str, **parameters: Any) -> list[Any]:
    """Return the first column."""
    return [row[0] for row in rows(engine, query, **parameters)]


def value(engine: Engine, query: str, **parameters: Any) -> Any:
    """Return the one value that a query finds."""
    ((found,),) = rows(engine, query, **parameters)
    return found


def change(engine: Engine, statement: str, **parameters: Any) -> int:
    """Run a statement and commit; return how many rows it changed."""
    with engine.begin() as connection:
        return connection.execute(text(statement), parameters).rowcount


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
def holding(engine: Engine, lock: str) -> Iterator[None]:
    """Hold a lock, taken by a statement, that others wait for."""
    with engine.connect() as connection, connection.begin():
        connection.execute(text(lock))
        yield


def appears(condition: Callable[[], object]) -> bool:
    """Wait for a condition, for some seconds at most."""
    pause = threading.Event()
    return any(
        condition() or pause.wait(SECONDS_BETWEEN_LOOKS) for _ in range(MOST_LOOKS)
    )


def waiting_backends(engine: Engine) -> list[int]:
    """Return the pids of this database's connections that wait for a lock."""
    query = """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
    return values(engine, query)


def end_backend(engine: Engine, pid: int) -> None:
    """Kill a connection from the server's side, as a crash would."""
    assert value(engine, "SELECT pg_terminate_backend(:pid)", pid=pid)
