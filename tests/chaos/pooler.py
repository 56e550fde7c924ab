"""PgBouncer in transaction mode, in front of the web processes."""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from db.address import parse_url
from db.embedded.accounts import account_owning
from db.embedded.processes import end_process, start_child
from tests.chaos.roads import free_ports
from tests.chaos.scenarios import Scenario
from tests.house import eventually

# Fewer than the web processes have threads.
SERVER_CONNECTIONS = 4
PATIENCE = {signal.SIGINT: 5.0}
CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
"""
# What a session can't bring along: `bot db roles` sets it on bot_app.
FOR_THE_ROLE = (
    "ALTER ROLE {0} SET search_path = public, procrastinate",
    "ALTER ROLE {0} SET statement_timeout = '2s'",
)


def find_pgbouncer() -> str | None:
    """Return where it is; Debian puts it where not everybody looks."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def before_the_webs(scenario: Scenario, url: str, folder: Path) -> Iterator[str]:
    """Yield the database's address as the webs get it."""
    if not scenario.pgbouncer:
        yield url
        return
    with _pooled(url, folder) as address:
        yield address


@contextmanager
def _pooled(url: str, folder: Path) -> Iterator[str]:
    """Yield the address that leads through PgBouncer to the same database."""
    parsed = parse_url(url)
    [port] = free_ports(1)
    place = folder / "pgbouncer"
    place.mkdir()
    users, file = place / "users.txt", place / "pgbouncer.ini"
    users.write_text(f'"{parsed.username}" "{parsed.password}"\n')
    known = {"server_port": parsed.port, "port": port, "users": users}
    file.write_text(CONFIGURATION.format(connections=SERVER_CONNECTIONS, **known))
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in FOR_THE_ROLE:
            connection.execute(statement.format(parsed.username).encode())
    with (folder / "pgbouncer.log").open("wb") as log:
        command = [str(find_pgbouncer()), str(file)]
        child = start_child(command, account_owning(file), log)
    try:
        eventually(lambda: _listens(port))
        address = url.replace(f":{parsed.port}/", f":{port}/")
        yield f"{address}?pgbouncer=true"
    finally:
        end_process(child, PATIENCE)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
