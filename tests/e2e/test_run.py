"""`bot run`: the whole bot with the real local model, as a newcomer starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import requests

from db.embedded.server import EmbeddedPostgres
from tests.house import PATIENCE, ROOT, eventually
from tests.ports import free_port

START_SECONDS = 90
# For the outside world: what runs here is reached without it.
NO_PROXY_HERE = "http://127.0.0.1:9"


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A folder that others may enter: root's PostgreSQL keeps its data in it."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


class Running:
    """A `bot run` and what it printed so far."""

    def __init__(self, folder: Path, **extra: str) -> None:
        self.web_port, self.simulator_port = free_port(), free_port()
        self.console_port = free_port()
        plain = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
        self.environment = {
            **plain,
            "DATA_FOLDER": str(folder),
            "PORT": str(self.web_port),
            "SIMULATOR_PORT": str(self.simulator_port),
            "CONSOLE_PORT": str(self.console_port),
            **extra,
        }
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self.lines.extend(output)

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    def bot(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self._reader.join()
        return code


@contextmanager
def run_bot(folder: Path, **extra: str) -> Iterator[Running]:
    running = Running(folder, **extra)
    try:
        eventually(lambda: "The bot is running" in running.printed, START_SECONDS)
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def children_of(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    )
    return [int(child) for child in found.stdout.split()]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def test_two_commands_and_a_chat(data_folder: Path) -> None:
    folder = data_folder / "a folder with spaces"
    with run_bot(folder) as running:
        assert "toy model" in running.printed.splitlines()[0]
        assert "OPENAI_API_KEY" in "".join(running.printed.splitlines()[:3])
        for address in (running.simulator_port, running.web_port, running.console_port):
            assert f"http://127.0.0.1:{address}/" in running.printed
        said = running.bot("chat", "Hello!")
        assert said.stdout.strip(), said.stderr
        asked = running.bot("chat", "--as", "whatsapp:+15550000002", "/help")
        assert "/new" in asked.stdout
        assert "/reminders" in asked.stdout
        assert said_in_psql(running) == "Hello!"
        entered = enter_the_console(running)
        for shown in ("+15551230001", "+15550000002", "Write to me as you would"):
            assert shown in entered
        assert "Log out" in entered
        assert [p for p in (folder, *folder.iterdir()) if tells_others(p)] == []
        assert running.stop() == 0
    leave_as_a_kill_does(folder)
    assert said_after_a_second_start(folder) == "Hello!"


def tells_others(path: Path) -> bool:
    """Whether others could read a file, or list a folder; they may pass through."""
    return bool(path.lstat().st_mode & 0o066) and not path.is_symlink()


def said_in_psql(running: Running) -> str:
    """Run the line that was printed for opening the database, as it stands."""
    (line,) = re.findall(r"Database +(.*psql.*)", running.printed)
    query = "SELECT messages -> 0 ->> 'content' FROM userchats ORDER BY created_at"
    found = subprocess.run(
        f'{line} -Atc "{query}"', shell=True, capture_output=True, text=True
    )
    return found.stdout.splitlines()[0]


def enter_the_console(running: Running) -> str:
    """Return the inbox, by the link that was printed, as a newcomer's browser does."""
    (link,) = re.findall(r"Console +(\S+)", running.printed)
    with requests.Session() as browser:
        shown = browser.get(link, timeout=PATIENCE).text
        (token,) = re.findall(r'name="csrf_token" value="([^"]+)"', shown)
        origin = {"Origin": link.partition("/invitation")[0]}
        form = {"csrf_token": token}
        entered = browser.post(link, form, headers=origin, timeout=PATIENCE)
        return entered.text


def leave_as_a_kill_does(folder: Path) -> None:
    (folder / "postgres.url").write_text("postgresql://bot@127.0.0.1:9/whatsapp_bot\n")


def said_after_a_second_start(folder: Path) -> str:
    with run_bot(folder, OPENAI_BASE_URL="http://127.0.0.1:9/v1") as running:
        assert "toy model" not in running.printed
        assert running.printed.startswith("The last run was killed before it could")
        return said_in_psql(running)


def test_what_dies_is_started_again(data_folder: Path) -> None:
    away = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "http_proxy": NO_PROXY_HERE}
    with run_bot(data_folder, **away) as running:
        victims = {
            name: pid
            for pid in children_of(running.process.pid)
            for name in ("bot web", "bot worker", "bot console", "bin/postgres")
            if name in command_of(pid)
        }
        assert len(victims) == 4
        for pid in victims.values():
            os.kill(pid, signal.SIGKILL)
        answer = eventually(lambda: running.bot("chat", "/help").stdout, 60)
        assert "/new" in answer


def test_the_memory_backend_needs_no_database(data_folder: Path) -> None:
    with run_bot(data_folder, STORAGE_BACKEND="memory") as running:
        assert "psql" not in running.printed
        assert "/new" in running.bot("chat", "/help").stdout
        assert not (data_folder / "postgres").exists()


def test_a_taken_port_says_what_to_do(data_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        running = Running(data_folder, PORT=str(port))
        assert running.process.wait(PATIENCE) == 1
        running.stop()
    assert f"Port {port} is taken" in running.printed
    assert "PORT=" in running.printed


def test_one_port_is_not_enough_for_two(data_folder: Path) -> None:
    port = str(free_port())
    running = Running(data_folder, PORT=port, SIMULATOR_PORT=port)
    assert running.process.wait(PATIENCE) == 1
    running.stop()
    assert "SIMULATOR_PORT: is the port of PORT, too" in running.printed


def test_who_holds_the_database_is_named_before_anything_starts(
    data_folder: Path,
) -> None:
    other = EmbeddedPostgres(data_folder)
    other.claim()
    running = Running(data_folder)
    assert running.process.wait(PATIENCE) == 1
    running.stop()
    other.stop()
    assert f"started by process {os.getpid()} (" in running.printed
    assert "Starting" not in running.printed


def test_after_a_ctrl_c_nothing_is_said_to_run(data_folder: Path) -> None:
    running = Running(data_folder)
    eventually(lambda: "Starting PostgreSQL, for the first time" in running.printed)
    assert running.stop() == 0
    assert "toy model" in running.printed
    assert "The bot is running" not in running.printed


def test_wrong_settings_are_all_named_and_never_shown(data_folder: Path) -> None:
    bad = {"PORT": "http", "LLM_TEMPERATURE": "hot-secret", "TWILIO_AUTH_TOKEN": "s3cr"}
    running = Running(data_folder, **bad)
    assert running.process.wait(PATIENCE) == 1
    running.stop()
    for name in ("PORT", "LLM_TEMPERATURE", "TWILIO_ACCOUNT_SID"):
        assert name in running.printed
    assert "hot-secret" not in running.printed
    assert "s3cr" not in running.printed
    assert "Traceback" not in running.printed


def test_the_simulator_never_stands_beside_a_real_account(data_folder: Path) -> None:
    account = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "t" * 32,
        "PUBLIC_BASE_URL": "https://bot.example.com",
        "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }
    with run_bot(data_folder, **account) as running:
        assert "a stand-in for Twilio" not in running.printed
        refused = running.bot("simulator")
        assert refused.returncode == 1
        assert "TWILIO_ACCOUNT_SID" in refused.stderr
        try:
            requests.get(
                f"http://127.0.0.1:{running.simulator_port}/", timeout=PATIENCE
            )
        except requests.ConnectionError:
            return
    raise AssertionError("something answers on the simulator's port")
