"""All that runs: PostgreSQL, web, worker, the simulator and the LLM, as processes."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import requests

from db import schema
from db.embedded.server import EmbeddedPostgres
from tests.chaos.moody_llm import Mood
from tests.chaos.residents import Database, Program, Resident
from tests.chaos.roads import Roads, free_ports, local, numbered
from tests.chaos.scenarios import Scenario
from tests.chaos.schedule import PlannedKill
from tests.db.sql import opened
from tests.house import eventually

SETTINGS = {
    "ANSWER_QUIET_SECONDS": "0.2",
    "MEMORY": "off",  # what it would ask the LLM is no answer
    # A few people write thousands of messages, and each is to be answered.
    "ANSWERS_PER_PERSON_HOUR": "0",
    "ANSWERS_PER_HOUR": "0",
    "LLM_TIMEOUT_SECONDS": "3",
    "LOG_LEVEL": "INFO",
}
START_SECONDS = 60
# What the log of a web says when one of its processes ends by a fault of its own.
BREAKS = ("Exception in worker process", "a thread that takes requests broke")


class Town:
    """The bot and its surroundings in `folder`, with data in `database_url`.

    `postgres` is what is behind that URL, where it may be killed too. The webs may have
    another road to it, `web_database_url`.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        scenario: Scenario,
        seed: int,
        *,
        postgres: Database | None = None,
        web_database_url: str | None = None,
    ) -> None:
        self.folder = folder
        self.database_url = database_url
        *self._web_ports, simulator, llm = free_ports(scenario.webs + 2)
        self._ports = (simulator, llm)
        self.simulator_url, self.llm_url = map(local, self._ports)
        self._roads = Roads(self._web_ports, web_database_url or database_url)
        self._environment = self._build_environment()
        self._supervisor = scenario.supervisor
        self._surroundings = self._build_surroundings(scenario.mood, seed)
        self._bot = self._build_bot(scenario.workers)
        self._strangers = self._build_strangers(seed) if scenario.strangers else {}
        self._programs = {**self._surroundings, **self._bot, **self._strangers}
        self.residents: dict[str, Resident] = dict(self._programs)
        if postgres is not None:
            self.residents["postgres"] = postgres
        if scenario.cable:
            roads = [self.simulator_url, self.llm_url, database_url]
            self.residents["cable"] = self._roads.lay_cable("worker-2", roads)

    def _build_surroundings(self, mood: Mood, seed: int) -> dict[str, Program]:
        port = str(self._ports[1])
        llm = ["--port", port, "--seed", str(seed), *mood.arguments()]
        return {
            "simulator": self._program("simulator", "bot", "simulator"),
            "llm": self._program("llm", "tests.chaos.moody_llm", *llm),
        }

    def _build_bot(self, workers: int) -> dict[str, Program]:
        webs = {
            name: self._program(name, "bot", "web", "--host", host)
            for name, (host, _) in self._roads.webs.items()
        }
        names = [numbered("worker", n) for n in range(workers)]
        return webs | {name: self._program(name, "bot", "worker") for name in names}

    def _build_strangers(self, seed: int) -> dict[str, Program]:
        about = ["--port", str(self._web_ports[0]), "--seed", str(seed)]
        name = "strangers"
        return {name: self._program(name, "tests.chaos.strangers", *about)}

    def _build_environment(self) -> dict[str, str]:
        inherited = ("PATH", "HOME", "LANG")
        return {
            **{name: os.environ[name] for name in inherited if name in os.environ},
            "TMPDIR": str(self.folder),
            "DATA_FOLDER": str(self.folder),
            "DATABASE_URL": self.database_url,
            "PUBLIC_BASE_URL": self._roads.public_url,
            "SIMULATOR_PORT": str(self._ports[0]),
            "OPENAI_BASE_URL": f"{self.llm_url}/v1",
            **SETTINGS,
        }

    def _program(self, name: str, *arguments: str) -> Program:
        log_file = self.folder / f"{name}.log"
        program = Program(arguments, log_file, supervisor=self._supervisor)
        program.environment = self._environment
        return program

    def start(self) -> None:
        """Return when everything is ready."""
        for program in self._surroundings.values():
            program.start()
        eventually(lambda: _answers(f"{self.simulator_url}/healthz"), START_SECONDS)
        eventually(lambda: _answers(f"{self.llm_url}/v1/models"), START_SECONDS)
        for name, program in self._bot.items():
            program.environment = self._roads.as_seen_by(name, self._with_twilio())
            program.start()
        for host, port in self._roads.webs.values():
            ready = partial(_answers, f"http://{host}:{port}/readyz")
            eventually(ready, START_SECONDS)
        eventually(self._workers_are_ready, START_SECONDS)
        for program in self._strangers.values():
            program.start()

    def _workers_are_ready(self) -> bool:
        workers = self._bot.keys() - self._roads.webs.keys()
        logs = [self._bot[name].log_file for name in workers]
        return all("the worker is ready" in log.read_text() for log in logs)

    def _with_twilio(self) -> dict[str, str]:
        account = json.loads((self.folder / "simulator.json").read_text())
        return {
            **self._environment,
            "TWILIO_ACCOUNT_SID": account["sid"],
            "TWILIO_AUTH_TOKEN": account["token"],
            "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
            "TWILIO_API_BASE_URL": self.simulator_url,
        }

    def order_faults(self, faults: tuple[Mapping[str, Any], ...], seed: int) -> None:
        """Have the simulator fail like that from now on."""
        url = f"{self.simulator_url}/simulator/faults?seed={seed}"
        requests.put(url, json=list(faults), timeout=10).raise_for_status()

    def calm(self) -> None:
        """End all faults of the simulator and the LLM."""
        self.order_faults((), seed=0)
        requests.put(f"{self.llm_url}/script", json={}, timeout=10).raise_for_status()

    def find_broken(self) -> list[str]:
        """Return each web as often as it says that a process ended by its own fault."""
        told = {name: self._bot[name].log_file.read_text() for name in self._roads.webs}
        times = {name: sum(map(log.count, BREAKS)) for name, log in told.items()}
        return [name for name, count in times.items() for _ in range(count)]

    def strike(self, kill: PlannedKill) -> None:
        resident = self.residents[kill.name]
        (resident.freeze if kill.freezes else resident.kill)(kill.away)

    def watch(self) -> None:
        """Bring back whatever ended: call it often, from the main thread."""
        for resident in self.residents.values():
            resident.watch()

    def is_whole(self) -> bool:
        return all(resident.is_running() for resident in self.residents.values())

    def close(self) -> None:
        for program in self._programs.values():
            program.ask_to_stop()
        for program in self._programs.values():
            program.wait()
        for resident in self.residents.values():
            resident.thaw()
        self._roads.close()


@contextmanager
def own_database(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server that waits for the disk, with its data in `folder`, migrated."""
    folder.chmod(0o755)  # it does not run as root: it must get to its data
    [port] = free_ports(1)
    with EmbeddedPostgres(folder, preferred_port=port) as server:
        with opened(server.url) as database:
            schema.upgrade(database)
        yield server


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False
