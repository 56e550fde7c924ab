"""One scenario from its start to what was delivered in the end."""

import threading
import time
from datetime import datetime
from typing import Any
from urllib.parse import quote

import psycopg
import requests

from db.pool import conninfo
from db.queue.jobs import ANSWER_CHAT, SEND_PARTS
from tests.chaos.driver import Driver
from tests.chaos.events import Answered, Back, Ended, Event, Killed
from tests.chaos.operators import Operators, plan_takeovers
from tests.chaos.scenarios import Scenario
from tests.chaos.schedule import (
    Planned,
    PlannedKill,
    Size,
    plan_kills,
    plan_messages,
)
from tests.chaos.town import Town

STEP_SECONDS = 0.1
DRAIN_SECONDS = 90.0
# Nothing is left to do when two looks, this far apart, find no job.
LOOK_SECONDS = 1.0
ARRIVAL_SECONDS = 30.0
ON_ITS_WAY = {"accepted", "queued", "sent"}
ARRIVED = {"delivered", "read"}
JOBS_LEFT = (
    "SELECT count(*) FROM procrastinate_jobs "
    "WHERE status IN ('todo', 'doing') AND task_name = ANY (%s)"
)


class Experiment:
    """Runs a scenario in a town that stands; every phase of it is bounded."""

    def __init__(self, scenario: Scenario, town: Town, seed: int) -> None:
        self._scenario = scenario
        self._town = town
        self._seed = seed
        self._struck: set[str] = set()
        self._driver = Driver(town.simulator_url, scenario.copies)

    def run(self, size: Size) -> list[Event]:
        """Send, break, mend, wait for what is still under way; return what happened."""
        plan = plan_messages(self._seed, size, self._scenario.burst)
        kills = plan_kills(self._seed, self._scenario.kills, size.seconds)
        self._town.order_faults(self._scenario.twilio, self._seed)
        with self._operators(plan) as operators:
            self._driver.start(plan)
            try:
                killed = self._break(kills)
            finally:
                self._driver.close()
        self._mend()
        self._drain()
        done = [*operators.events, *operators.find_silenced(), *self._find_ended()]
        return [*self._driver.events, *killed, *done, *self._answers()]

    def _find_ended(self) -> list[Event]:
        return [Ended(name, time.time()) for name in self._town.find_broken()]

    def _operators(self, plan: list[Planned]) -> Operators:
        takeovers = plan_takeovers(self._seed, plan) if self._scenario.takeovers else []
        return Operators(self._town.database_url, takeovers)

    def _break(self, kills: list[PlannedKill]) -> list[Event]:
        """Kill as planned while messages are sent."""
        began, events = time.monotonic(), list[Event]()
        due = iter([*kills, None])
        kill = next(due)
        while self._driver.is_busy():
            if kill is not None and time.monotonic() - began >= kill.due:
                self._town.strike(kill)
                events.append(Killed(kill.name, time.time()))
                self._struck.add(kill.name)
                kill = next(due)
            self._step()
            events += self._find_back()
        return events

    def _find_back(self) -> list[Event]:
        back = {n for n in self._struck if self._town.residents[n].is_running()}
        self._struck -= back
        return [Back(name, time.time()) for name in back]

    def _step(self) -> None:
        self._town.watch()
        threading.Event().wait(STEP_SECONDS)

    def _mend(self) -> None:
        ends = time.monotonic() + DRAIN_SECONDS
        while not self._town.is_whole() and time.monotonic() < ends:
            self._step()
        self._town.calm()

    def _drain(self) -> None:
        ends = time.monotonic() + DRAIN_SECONDS
        quiet_since: float | None = None
        while time.monotonic() < ends:
            if jobs_left(self._town.database_url):
                quiet_since = None
            elif quiet_since is None:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > LOOK_SECONDS:
                return
            self._step()

    def _answers(self) -> list[Answered]:
        """Return what reached the phones, once nothing is on its way any more."""
        ends = time.monotonic() + ARRIVAL_SECONDS
        shown = outbound_messages(self._town)
        while any(m["status"] in ON_ITS_WAY for m in shown):
            if time.monotonic() > ends:
                break
            self._step()
            shown = outbound_messages(self._town)
        return [
            Answered(m["address"], m["body"], _seconds(m["created_at"]))
            for m in shown
            if m["status"] in ARRIVED
        ]


def jobs_left(database_url: str) -> int:
    """Count what the bot still means to do; a database that is away has plenty."""
    try:
        with psycopg.connect(conninfo(database_url)) as connection:
            found = connection.execute(JOBS_LEFT, [[ANSWER_CHAT, SEND_PARTS]])
            return int((found.fetchone() or [1])[0])
    except psycopg.OperationalError:
        return 1


def outbound_messages(town: Town) -> list[dict[str, Any]]:
    """Return what Twilio's stand-in took from the bot, for each user in its order."""
    url = f"{town.simulator_url}/simulator/conversations"
    listed = requests.get(url, timeout=10).json()["conversations"]
    found: list[dict[str, Any]] = []
    for talk in listed:
        shown = requests.get(f"{url}/{quote(talk['address'])}", timeout=10).json()
        found += [m for m in shown["messages"] if m["direction"] == "outbound"]
    return found


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
