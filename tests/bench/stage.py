"""The processes that are measured, on a database that commits durably to a disk."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import requests
from sqlalchemy import create_engine

from db.address import parse_url
from db.embedded.server import EmbeddedPostgres
from tests.bench.naive_bot import Base
from tests.bench.webhooks import ACCOUNT, BOT, PUBLIC, TOKEN
from tests.house import ROOT, eventually
from tests.ports import free_port

START_SECONDS = 60.0
STOP_SECONDS = 20.0
UPGRADE_SECONDS = 60.0
# fsync, full_page_writes and synchronous_commit stay on.
SETTINGS = {"max_connections": "100", "shared_buffers": "256MB"}
EMPTY = """
TRUNCATE users, inbound_messages, procrastinate.procrastinate_jobs,
         naive_users, naive_chats CASCADE
"""
COMMANDS = {
    "web": ["-m", "bot", "web", "--host", "127.0.0.1"],
    "worker": ["-m", "bot", "worker"],
    "console": ["-m", "bot", "console", "--host", "127.0.0.1"],
    "bare": ["-m", "tests.bench.served", "bare"],
    "naive": ["-m", "tests.bench.served", "naive"],
}
# What the bot is compared with is this checkout's, whoever's bot is measured.
COMPARED = ("bare", "naive")


class Stage:
    """One database; processes of the bot and of what it is compared with.

    `root` is the checkout whose bot runs, with this one's driver and interpreter.
    """

    def __init__(
        self, folder: Path, database_url: str, postgres_pid: int, root: Path = ROOT
    ) -> None:
        self.root = root
        self.folder = folder
        self.postgres_pid = postgres_pid
        self.database_url = database_url
        self.stand_in_port = free_port()
        self.ports: dict[str, int] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, **settings: str) -> int:
        """Start a process and wait until it is ready; return its port."""
        port = self.ports[name] = free_port()
        environment = {**self._environment(port), **settings}
        with self._output(name).open("wb") as output:
            self._processes[name] = subprocess.Popen(
                [sys.executable, *COMMANDS[name]],
                env=environment,
                cwd=ROOT if name in COMPARED else self.root,
                stdout=output,
                stderr=output,
            )
        eventually(lambda: self._is_ready(name), START_SECONDS)
        return port

    def run(self, *command: str) -> str:
        """Run a command in the checkout; return what it prints."""
        done = subprocess.run(
            [sys.executable, *command],
            env={**self._environment(free_port()), "PYTHONPATH": str(self.root)},
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=UPGRADE_SECONDS,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr[-2000:]}"
        return done.stdout

    def prepare(self) -> None:
        """Run the checkout's migrations, and make the naive bot's tables."""
        self.run("-m", "bot", "db", "upgrade")
        engine = create_engine(parse_url(self.database_url))
        Base.metadata.create_all(engine)
        engine.dispose()

    def stop(self, *names: str) -> None:
        for name in names or tuple(self._processes):
            self._processes[name].terminate()
        for name in names or tuple(self._processes):
            _end(self._processes.pop(name))

    def pids_of(self, name: str) -> list[int]:
        """Return a process, or `postgres`, and its children (Linux)."""
        started = self._processes.get(name)
        pid = started.pid if started else self.postgres_pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def empty(self) -> None:
        """Forget everybody and everything, so that each round meets the same."""
        with self.connect() as connection:
            connection.execute(EMPTY)
            connection.execute("CHECKPOINT")

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.database_url, autocommit=True)

    def _output(self, name: str) -> Path:
        return self.folder / f"{name}.out"

    def _is_ready(self, name: str) -> bool:
        told = self._output(name).read_text()
        assert self._processes[name].poll() is None, f"{name} ended: {told[-2000:]}"
        if name == "worker":
            return "the worker is ready" in told
        try:
            return requests.get(f"{self._url(name)}/readyz", timeout=2).ok
        except requests.ConnectionError:
            return False

    def _url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def _environment(self, port: int) -> dict[str, str]:
        known = {k: os.environ[k] for k in ("PATH", "HOME", "LANG") if k in os.environ}
        stand_in = f"http://127.0.0.1:{self.stand_in_port}"
        return {
            **known,
            "DATABASE_URL": self.database_url,
            "DATA_FOLDER": str(self.folder),
            "PORT": str(port),
            "CONSOLE_PORT": str(port),
            "CONSOLE_SECRET_KEY": "key-of-the-bench" * 2,
            "PUBLIC_BASE_URL": PUBLIC,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_NUMBER": BOT,
            "TWILIO_API_BASE_URL": stand_in,
            "OPENAI_BASE_URL": f"{stand_in}/v1",
            "OPENAI_API_KEY": "sk-of-the-bench",
            "MEMORY": "off",  # measured is the road of answers
            # Some people get thousands of answers. All of theirs are not counted: by
            # default that is at most 3000 rows, here it would be what is measured.
            "ANSWERS_PER_PERSON_HOUR": "1000000",
            "ANSWERS_PER_HOUR": "0",
        }


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for its end; on a machine that is too busy for that, enforce it."""
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def set_up() -> Iterator[Stage]:
    """Start PostgreSQL in a folder of the checkout's disk; remove all of it after.

    Call it from the main thread (see EmbeddedPostgres.start).
    """
    data = ROOT / ".data"
    data.mkdir(exist_ok=True)
    with (
        TemporaryDirectory(prefix="bench-", dir=data) as name,
        # For root in a checkout that others can't enter; on a disk as well.
        TemporaryDirectory(prefix="bench-", dir="/var/tmp") as elsewhere,
    ):
        folder, open_folder = Path(name), Path(elsewhere)
        for each in (folder, open_folder):
            each.chmod(0o755)
        with EmbeddedPostgres(folder, SETTINGS, free_port(), open_folder) as server:
            assert server.process is not None
            stage = Stage(folder, server.url, server.process.pid)
            stage.prepare()
            try:
                yield stage
            finally:
                stage.stop()


@contextmanager
def set_up_beside(stage: Stage, root: Path) -> Iterator[Stage]:
    """Set the same up for another checkout, with a database of its own there."""
    with stage.connect() as connection:
        connection.execute("CREATE DATABASE beside")
    url = stage.database_url.rpartition("/")[0] + "/beside"
    folder = stage.folder / "beside"
    folder.mkdir(mode=0o755)
    other = Stage(folder, url, stage.postgres_pid, root)
    other.prepare()
    try:
        yield other
    finally:
        other.stop()
