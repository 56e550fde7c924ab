"""The bot's processes as attackers meet them, and what they have written."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from tests.bot.whatsapp.twilio_calls import ACCOUNT, BOT, PUBLIC, TOKEN
from tests.hostile.raw_http import Answer, connect, exchange
from tests.house import PATIENCE, ROOT, eventually
from tests.ports import free_port

NEXT_TOKEN = "the-next-token"
# One, so that one slow client could hold all of them.
THREADS = "1"


class BotProcess:
    """`bot web` or `bot worker`; TWILIO_AUTH_TOKEN is being rotated."""

    def __init__(
        self, folder: Path, database_url: str, *command: str, **more: str
    ) -> None:
        environment = {
            **{k: os.environ[k] for k in ("PATH", "HOME", "LANG") if k in os.environ},
            "DATABASE_URL": database_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": f"{NEXT_TOKEN},{TOKEN}",
            "TWILIO_WHATSAPP_NUMBER": BOT,
            "PUBLIC_BASE_URL": PUBLIC,
            **more,
        }
        self._file = folder / f"{command[0]}.{free_port()}.out"
        self._read = 0
        with self._file.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", *command],
                env=environment,
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )

    @property
    def output(self) -> str:
        return self._file.read_text()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def new_lines(self) -> list[dict[str, Any]]:
        """Return what was logged since the last call; every line must be JSON."""
        text = self.output
        fresh, self._read = text[self._read :], len(text)
        # Not splitlines(): that also ends lines where no reader of logs does.
        return [json.loads(line) for line in fresh.split("\n") if line]

    def close(self) -> int:
        """Ask it to end; return its exit code."""
        self._process.terminate()
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)


class WebProcess(BotProcess):
    """One gunicorn with one worker process."""

    def __init__(self, folder: Path, database_url: str, **more: str) -> None:
        self.port = free_port()
        settings = {
            "PORT": str(self.port),
            "WEB_WORKERS": "1",
            "WEB_THREADS": THREADS,
            **more,
        }
        super().__init__(folder, database_url, "web", "--host", "127.0.0.1", **settings)

    def wait_until_it_answers(self) -> None:
        eventually(self._answers)

    def _answers(self) -> bool:
        assert self.is_alive, self.output
        try:
            url = f"http://127.0.0.1:{self.port}/healthz"
            return requests.get(url, timeout=PATIENCE).ok
        except requests.ConnectionError:
            return False

    def connect(self) -> socket.socket:
        return connect(self.port)

    def ask(self, request: bytes) -> Answer:
        return exchange(self.port, request)
