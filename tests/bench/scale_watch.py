"""A database whose statements are timed and explained, whatever code runs them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import RowFactory

from db.database import Connection, Database, Parameters, Statement
from db.pool import Limits, conninfo

# Nobody else waits here; a minute is what retention gives a statement.
PATIENT = Limits(connections=1, statement_seconds=300, pool_seconds=30)
# What PL/pgSQL runs inside is not explained from outside: the query of a fetch is cut
# out of its function.
FETCH_SOURCE = """
SELECT prosrc FROM pg_proc WHERE proname = 'procrastinate_fetch_job_v2'
"""


@dataclass(slots=True)
class Calls:
    """What was run under a name: seconds of the server's CPU for each call.

    `slowest` and `longest` are one statement's, of CPU and by the clock.
    """

    seconds: list[float] = field(default_factory=list)
    slowest: float = 0.0
    longest: float = 0.0
    statements: dict[str, Parameters | None] = field(default_factory=dict)


class WatchedDatabase(Database):
    """Times its statements, all on one connection, under the name of what is done.

    On a machine that does other things the clock says little: what counts is the CPU
    that the connection's server process took (Linux).
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, PATIENT)
        self.calls: dict[str, Calls] = {}
        self._doing: Calls | None = None
        self._driver = psycopg.connect(conninfo(url, PATIENT), autocommit=True)
        self._driver.execute("SET synchronous_commit = off")  # no waiting for the disk
        self._used = Path(f"/proc/{self._driver.info.backend_pid}/schedstat")

    def close(self) -> None:
        """Close the connection."""
        self._driver.close()
        super().close()

    @contextmanager
    def doing(self, name: str) -> Iterator[None]:
        """Name what the statements belong to; together they are one call."""
        self._doing = self.calls.setdefault(name, Calls())
        self._doing.seconds.append(0.0)
        yield
        self._doing = None

    @contextmanager
    def transaction(
        self,
        seconds: float | None = None,
        *,
        snapshot: bool = False,
        idle_seconds: float | None = None,
    ) -> Iterator[Connection]:
        """Yield a connection in a transaction, whose statements count, too."""
        with self._driver.transaction():
            yield _WatchedConnection(self._driver, self)

    @contextmanager
    def timed(
        self, statement: Statement, parameters: Parameters | None
    ) -> Iterator[None]:
        """Count a statement that is run here to what is being done."""
        began, before = time.perf_counter(), self._cpu()
        yield
        if calls := self._doing:
            took = self._cpu() - before
            calls.seconds[-1] += took
            calls.slowest = max(calls.slowest, took)
            calls.longest = max(calls.longest, time.perf_counter() - began)
            calls.statements[str(statement)] = parameters

    @contextmanager
    def _executed(
        self, statement: Statement, parameters: Parameters | None, row: RowFactory[Any]
    ) -> Iterator[psycopg.Cursor[Any]]:
        connection = _WatchedConnection(self._driver, self)
        with connection._executed(statement, parameters, row) as cursor:
            yield cursor

    def _cpu(self) -> float:
        return int(self._used.read_text().split()[0]) / 1e9

    def plan_of(self, name: str) -> str:
        """Return what the calls of a name read, and how: each node once."""
        with self.transaction() as connection:
            nodes: dict[str, None] = {}
            for statement, parameters in self.calls[name].statements.items():
                for plan in _explain(connection, statement, parameters):
                    nodes.update(dict.fromkeys(_read_nodes(plan)))
            return ", ".join(nodes)


class _WatchedConnection(Connection):
    def __init__(
        self, driver: psycopg.Connection[Any], database: WatchedDatabase
    ) -> None:
        super().__init__(driver)
        self._database = database

    @contextmanager
    def _executed(
        self, statement: Statement, parameters: Parameters | None, row: RowFactory[Any]
    ) -> Iterator[psycopg.Cursor[Any]]:
        with ExitStack() as stack:
            with self._database.timed(statement, parameters):
                ran = super()._executed(statement, parameters, row)
                cursor = stack.enter_context(ran)
            yield cursor


def _explain(
    connection: Connection, statement: str, parameters: Parameters | None
) -> Iterator[Any]:
    if statement.lstrip().startswith("SET"):
        return
    if "procrastinate_fetch_job_v2" in statement:
        statement, parameters = _find_fetch(connection), None
    (told,) = connection.scalar(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    yield told["Plan"]


def _find_fetch(connection: Connection) -> str:
    source = str(connection.scalar(FETCH_SOURCE))
    query = source.partition("BEGIN")[2].partition("INTO found_jobs")[0]
    query = query.replace("target_queue_names", "NULL::varchar[]")
    return query.replace("p_worker_id", "NULL")


def _read_nodes(plan: dict[str, Any]) -> Iterator[str]:
    """Yield what a plan reads: indexes, and tables that are read whole."""
    kind, index = plan["Node Type"], plan.get("Index Name")
    if index:
        yield f"{kind.replace('Bitmap Index', 'Bitmap')} {index}"
    elif kind == "Seq Scan":
        yield f"Seq Scan {plan['Relation Name']}"
    for inner in plan.get("Plans", ()):
        yield from _read_nodes(inner)
