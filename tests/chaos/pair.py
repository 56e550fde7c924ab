"""A primary and its synchronous standby, and a failover between them."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import psycopg

from db.embedded.processes import end_process, start_child
from db.embedded.server import EmbeddedPostgres
from tests.chaos.residents import Database, signal_all
from tests.chaos.roads import free_ports
from tests.chaos.scenarios import Scenario
from tests.chaos.town import own_database
from tests.house import eventually

COPY_SECONDS = 60.0
PROMOTE_SECONDS = 60
WAIT_FOR_IT = "ALTER SYSTEM SET synchronous_standby_names = '*'"
IN_STEP = "SELECT true FROM pg_stat_replication WHERE sync_state = 'sync'"


class Pair(Database):
    """Struck, the primary is lost for good, and its standby is promoted after a while.

    A frozen primary is a machine that is gone from the network: it takes connections
    and says nothing.
    """

    def __init__(self, primary: EmbeddedPostgres, standby: EmbeddedPostgres) -> None:
        super().__init__(primary)
        self._primary, self._standby = primary, standby
        self._is_lost = False
        here, there = (f"127.0.0.1:{server.port}" for server in (primary, standby))
        both = primary.url.replace(here, f"{here},{there}")
        # It leads to whichever of the two takes writes.
        self.url = f"{both}?target_session_attrs=read-write"

    def is_running(self) -> bool:
        return super().is_running() and not self._is_lost

    def kill(self, away: float) -> None:
        super().kill(away)
        self._is_lost = True

    def freeze(self, away: float) -> None:
        self._signal(signal.SIGSTOP)
        self._is_lost = True
        self._back_at = time.monotonic() + away

    def start(self) -> None:
        """Promote the standby: from here on it is the database."""
        assert self._server is self._primary, "there is no second standby"
        with psycopg.connect(self._standby.url, autocommit=True) as connection:
            connection.execute("SELECT pg_promote(true, %s)", [PROMOTE_SECONDS])
        self._server = self._standby
        self._is_lost = False

    def thaw(self) -> None:
        """End a frozen primary: it must never go on beside the new one."""
        if self._server is not self._primary or self._is_lost:
            signal_all(self._primary.process, signal.SIGKILL)


@contextmanager
def database_for(scenario: Scenario, folder: Path) -> Iterator[Database]:
    """Yield what the scenario strikes: a server of its own, or two."""
    with own_database(folder) as server:
        if not scenario.standby:
            yield Database(server)
            return
        with _with_standby(server, folder / "standby") as pair:
            yield pair


@contextmanager
def _with_standby(primary: EmbeddedPostgres, folder: Path) -> Iterator[Pair]:
    """Yield the pair, once nothing is committed that is not on both."""
    _copy(primary, folder)
    [port] = free_ports(1)
    with EmbeddedPostgres(folder, preferred_port=port) as standby:
        with psycopg.connect(primary.url, autocommit=True) as connection:
            connection.execute(WAIT_FOR_IT)
            connection.execute("SELECT pg_reload_conf()")
            eventually(lambda: connection.execute(IN_STEP).fetchone())
        yield Pair(primary, standby)


def _copy(primary: EmbeddedPostgres, folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    shutil.copy(primary.cluster.password_file, folder)
    workshop = folder / "workshop"
    workshop.mkdir()
    account = primary.cluster.account()
    if account:
        account.take(workshop)
    program = str(primary.cluster.bin_folder() / "pg_basebackup")
    copying = ["-D", str(workshop / "postgres"), "-R", "-c", "fast", "-d", primary.url]
    with (folder / "copy.log").open("wb") as log:
        child = start_child([program, *copying], account, log)
        _end_well(child)
    (workshop / "postgres").rename(folder / "postgres")


def _end_well(child: Popen[bytes]) -> None:
    try:
        assert child.wait(COPY_SECONDS) == os.EX_OK, "pg_basebackup failed: see its log"
    finally:
        end_process(child, {})
