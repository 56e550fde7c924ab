"""What Compose starts, in its order and with its variables, on Debian's server."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import Settings
from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from tests.db.access.logins import refusal
from tests.db.sql import opened, take_in
from tests.db.tls_server import OPENSSL, PASSWORD, TlsServer, find_programs, running
from tests.records import answer_to, said
from tests.test_compose_services import given, understood

ROOT = Path(__file__).parent.parent
PROGRAMS = find_programs()
SECRET = "what-people-wrote-to-us"

pytestmark = pytest.mark.skipif(
    PROGRAMS is None or OPENSSL is None,
    reason="needs openssl and a PostgreSQL 15 or newer under /usr/lib/postgresql: "
    "apt-get install postgresql",
)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The services as Compose understands them, where .env sets nothing."""
    found: dict[str, Any] = understood(tmp_path_factory.mktemp("folder"))["services"]
    return found


def settings(services: dict[str, Any]) -> list[str]:
    """What Compose starts the server with, but every statement counts as slow."""
    program, *options = services["postgres"]["command"]
    assert program == "postgres"
    given = [option.removeprefix("-c") for option in options]
    return [re.sub(r"(min_duration_statement)=\d+ms", r"\1=0", each) for each in given]


@pytest.fixture(scope="module")
def server(services: dict[str, Any]) -> Iterator[TlsServer]:
    assert PROGRAMS is not None
    with running(PROGRAMS, *settings(services)) as server:
        run_init_folder(server.url())
        with opened(server.url()) as database:
            schema.upgrade(database)
        yield server


def run_init_folder(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for file in sorted((ROOT / "db/init").glob("*.sql")):
            connection.execute(file.read_bytes())


def talk(url: str) -> None:
    database = Database(url)
    pg = PostgresChatStore(database, timedelta(days=1))
    question = said(SECRET, profile_name=SECRET)
    assert pg.record_reply(take_in(pg, question), answer_to(question, text=SECRET))
    database.close()


def test_the_log_of_slow_statements_tells_no_text(server: TlsServer) -> None:
    talk(server.url())
    repeated = "INSERT INTO users (user_id, phone_number) SELECT user_id, %s FROM users"
    violation = pytest.raises(psycopg.errors.UniqueViolation)
    with psycopg.connect(server.url()) as connection, violation:
        connection.execute(repeated, [SECRET])
    log = server.log.read_text()
    assert "SELECT record_inbound" in log
    assert "violates unique constraint" in log
    assert SECRET not in log


def test_statements_are_counted(server: TlsServer) -> None:
    talk(server.url())
    query = """
        SELECT calls FROM monitoring.pg_stat_statements
        WHERE query LIKE '%SELECT record_inbound%'
    """
    with psycopg.connect(server.url()) as connection:
        assert connection.execute(query).fetchone()
        told = "SELECT string_agg(query, '') FROM monitoring.pg_stat_statements"
        assert SECRET not in str(connection.execute(told).fetchone())


@dataclass
class Containers:
    """Runs the services' commands as Compose has them, but on this machine."""

    folder: Path
    server: TlsServer
    services: dict[str, Any]

    def environment(self, name: str) -> dict[str, str]:
        there = given(self.services[name])
        user = {"whatsapp_bot": "bot"}.get(there["POSTGRES_USER"])
        return {
            **{k: self._moved(v) for k, v in there.items()},
            "POSTGRES_HOST": "localhost",
            "POSTGRES_PORT": str(self.server.port),
            **({"POSTGRES_USER": user} if user else {}),
        }

    def _moved(self, value: str) -> str:
        secrets, data = f"{self.folder}/secrets", f"{self.folder}/data"
        return value.replace("/run/secrets", secrets).replace("/data", data)

    def run(self, name: str, *words: str) -> str:
        command = words or map(self._moved, self.services[name]["command"])
        done = CliRunner().invoke(main, list(command), env=self.environment(name))
        assert done.exit_code == 0, done.output
        return done.output

    def url(self, name: str) -> str:
        return str(Settings.from_env(self.environment(name)).database_url)


@pytest.fixture
def containers(
    tmp_path: Path, server: TlsServer, services: dict[str, Any]
) -> Containers:
    """The passwords as make makes them, and a database as the image makes it."""
    (tmp_path / "secrets").mkdir()
    for secret in services["migrate"]["secrets"]:
        (tmp_path / "secrets" / secret["source"]).write_text(secret["source"])
    (tmp_path / "secrets" / "postgres_password").write_text(PASSWORD)
    made = Containers(tmp_path, server, services)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE whatsapp_bot")
    run_init_folder(made.url("migrate"))
    return made


def test_an_update_from_a_superuser_alone_then_a_backup_and_a_restore(
    containers: Containers,
) -> None:
    containers.run("migrate", "db", "upgrade")  # as it was before
    talk(containers.url("migrate"))
    for _ in range(2):
        assert "at migration" in containers.run("migrate")
    assert refusal(containers.url("web"), "CREATE TABLE notes ()") == "42501"
    talk(containers.url("worker"))
    assert "whatsapp:" in containers.run("backup", "users", "list")
    written = containers.run("backup", "db", "backup", "before-the-fair")
    dump = written.splitlines()[-1].partition(":")[0]  # a key was made before it
    containers.run("backup", "db", "reset", "--yes", "--no-backup")
    containers.run("admin", "db", "restore", "--yes", dump)
    containers.run("migrate")
    talk(containers.url("worker"))
    assert "whatsapp:" in containers.run("backup", "users", "list")
    assert refusal(containers.url("web"), "TRUNCATE users CASCADE") == "42501"
    assert containers.run("backup", "db", "status")
