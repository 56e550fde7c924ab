"""The whole bot as processes, with a scripted LLM and the simulator in Twilio's place.

house.llm.always(Script(text="Nine to five."))
ana = house.phone()
ana.says("When do you open?")
assert ana.hears() == ["Nine to five."]
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urljoin

import requests

from tests.ports import free_port
from tests.scripted_llm import FORGETFUL, ScriptedLLM

Found = TypeVar("Found")
NewHouse = Callable[..., AbstractContextManager["House"]]
ROOT = Path(__file__).parent.parent
# For whatever normally comes, on a machine that has much else to do: it costs no time.
PATIENCE = 60.0
_numbers = count(10_000)


def eventually(look: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """Return the first truthy thing seen; fail when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing within {seconds:.0f} s"
        threading.Event().wait(0.05)
    return found


class House:
    """One bot: web, worker (on a database), simulator and a scripted LLM."""

    def __init__(self, folder: Path, database_url: str | None, **extra: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.llm = ScriptedLLM(memory=FORGETFUL)
        self.web_port, self.simulator_port = free_port(), free_port()
        self.web_url = f"http://127.0.0.1:{self.web_port}"
        self.simulator_url = f"http://127.0.0.1:{self.simulator_port}"
        self.console_url = f"http://127.0.0.1:{free_port()}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._extra = extra

    def environment(self) -> dict[str, str]:
        """Return what every process gets; the credentials come with the simulator."""
        plain = {k: os.environ[k] for k in ("PATH", "HOME", "LANG") if k in os.environ}
        return {
            **plain,
            "DATA_FOLDER": str(self.folder),
            "STORAGE_BACKEND": "database" if self.database_url else "memory",
            "DATABASE_URL": self.database_url or "",
            "PORT": str(self.web_port),
            "SIMULATOR_PORT": str(self.simulator_port),
            "OPENAI_BASE_URL": self.llm.base_url,
            "OPENAI_API_KEY": "sk-secret-of-the-tests",
            "ANSWER_QUIET_SECONDS": "0.3",
            **self._extra,
        }

    @property
    def account(self) -> dict[str, str]:
        """The simulator's account, as `bot simulator` made it."""
        found: dict[str, str] = json.loads((self.folder / "simulator.json").read_text())
        return found

    def start(self) -> None:
        self.start_simulator()
        self.start_web()
        if self.database_url:
            self.start_worker()

    def start_simulator(self) -> None:
        self._spawn("simulator", self.environment())
        self._wait_for(f"{self.simulator_url}/healthz")

    def start_web(self) -> None:
        self._spawn("web", self._with_twilio(), "--host", "127.0.0.1")
        self._wait_for(f"{self.web_url}/readyz")

    def start_worker(self) -> None:
        self._spawn("worker", self._with_twilio())
        eventually(lambda: "the worker is ready" in self.log("worker"))

    def start_console(self) -> None:
        """Start what operators work in; it needs nothing of Twilio's or the LLM's."""
        port = self.console_url.rpartition(":")[2]
        own = {"CONSOLE_PORT": port, "CONSOLE_SECRET_KEY": 32 * "k"}
        about = {**self.environment(), **own}
        self._spawn("console", about, "--host", "127.0.0.1")
        self._wait_for(f"{self.console_url}/readyz")

    def _with_twilio(self) -> dict[str, str]:
        return {
            **self.environment(),
            "TWILIO_ACCOUNT_SID": self.account["sid"],
            "TWILIO_AUTH_TOKEN": self.account["token"],
            "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
            "TWILIO_API_BASE_URL": self.simulator_url,
            **self._extra,
        }

    def _spawn(self, name: str, environment: dict[str, str], *arguments: str) -> None:
        command = [sys.executable, "-m", "bot", name, *arguments]
        with (self.folder / f"{name}.out").open("wb") as output:
            self._processes[name] = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=output, stderr=output
            )

    def bot(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the bot's commands beside it."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            env=self._with_twilio(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.out").read_text()

    def kill(self, name: str) -> None:
        """End a process and its children as a power cut would.

        The parent is stopped first: it must not replace a child that died before it.
        """
        parent = self._processes.pop(name)
        parent.send_signal(signal.SIGSTOP)
        eventually(lambda: _is_stopped(parent.pid))
        children = _children(parent.pid)
        for pid in [*children, parent.pid]:
            os.kill(pid, signal.SIGKILL)
        parent.wait()
        eventually(lambda: not any(is_alive(pid) for pid in children))

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def children(self, name: str) -> list[int]:
        return _children(self._processes[name].pid)

    def reload(self, name: str) -> None:
        """Have gunicorn replace its worker processes one by one."""
        self._processes[name].send_signal(signal.SIGHUP)

    def stop(self, name: str) -> int:
        """Ask a process to end; return its exit code."""
        process = self._processes.pop(name)
        process.terminate()
        return process.wait(PATIENCE)

    def close(self) -> None:
        for name in reversed(list(self._processes)):
            self.stop(name)
        self.llm.close()

    @staticmethod
    def _wait_for(url: str) -> None:
        def answers() -> bool:
            try:
                return requests.get(url, timeout=PATIENCE).ok
            except requests.RequestException:
                return False

        eventually(answers)

    def phone(self) -> "Phone":
        """Return a phone with a number that nobody used before."""
        return Phone(self, f"whatsapp:+1555{os.getpid() % 1000:03d}{next(_numbers)}")

    def download(self, message: dict[str, Any]) -> bytes:
        """Return the first thing that came with a message."""
        url = urljoin(self.simulator_url, message["media"][0]["url"])
        answer = requests.get(url, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.content

    def faults(self, *faults: dict[str, Any]) -> None:
        """Have the simulator's REST side fail like that from now on."""
        url = f"{self.simulator_url}/simulator/faults"
        requests.put(url, json=list(faults), timeout=PATIENCE).raise_for_status()


class Phone:
    """A person with WhatsApp."""

    def __init__(self, house: House, address: str) -> None:
        self._house = house
        self.address = address
        self._heard = 0

    def says(self, text: str, **more: Any) -> dict[str, Any]:
        """Send a message; return what the simulator saw of the webhook."""
        form = {"from": self.address, "body": text, "profile_name": "Ana", **more}
        url = f"{self._house.simulator_url}/simulator/messages"
        answer = requests.post(url, json=form, timeout=PATIENCE)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def sends(
        self, name: str, media_type: str, content: bytes, text: str = "", **more: str
    ) -> None:
        """Send a voice note, picture or file, with a caption or without."""
        form = {"from": self.address, "body": text, "profile_name": "Ana", **more}
        url = f"{self._house.simulator_url}/simulator/messages"
        file = {"file": (name, content, media_type)}
        requests.post(url, data=form, files=file, timeout=PATIENCE).raise_for_status()

    def messages(self, direction: str = "outbound") -> list[dict[str, Any]]:
        """Return the messages of this conversation, `outbound` being the bot's."""
        path = f"/simulator/conversations/{quote(self.address)}"
        answer = requests.get(self._house.simulator_url + path, timeout=PATIENCE)
        found = answer.json().get("messages", []) if answer.ok else []
        return [m for m in found if m["direction"] == direction]

    def hears(self, parts: int = 1) -> list[str]:
        """Return the next texts of the bot, as soon as there are `parts` of them."""
        heard = self._heard
        found = eventually(lambda: self._all_after(heard, parts))
        self._heard += len(found)
        return found

    def _all_after(self, heard: int, parts: int) -> list[str]:
        bodies = [message["body"] for message in self.messages()][heard:]
        return bodies if len(bodies) >= parts else []

    def hears_nothing_more(self, seconds: float = 1.0) -> bool:
        """Wait a moment; tell whether the bot stayed silent."""
        threading.Event().wait(seconds)
        return len(self.messages()) == self._heard


def _children(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()]


def _state(pid: int) -> str:
    """Return the process's state as the kernel writes it, `X` once it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def _is_stopped(pid: int) -> bool:
    return _state(pid) in "TtXZ"


def is_alive(pid: int) -> bool:
    """Tell whether a process runs, or is stopped: it has not ended."""
    return _state(pid) not in "XZ"


@contextmanager
def living(house: House) -> Iterator[House]:
    try:
        house.start()
        yield house
    finally:
        house.close()
