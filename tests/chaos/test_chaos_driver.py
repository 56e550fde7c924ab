"""The phones, and what they count as acknowledged, against a scripted simulator."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.chaos.driver import Driver
from tests.chaos.events import Acknowledged, Sent
from tests.chaos.schedule import Size, plan_messages
from tests.house import eventually

[MESSAGE] = plan_messages(7, Size(users=1, messages=1, seconds=0))


class ScriptedSimulator(ThreadingHTTPServer):
    """Says that the webhooks ended with these statuses, the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoint)
        self.statuses: list[int | None] = [200]
        self.asked: list[dict[str, Any]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Endpoint(BaseHTTPRequestHandler):
    server: ScriptedSimulator

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))
        statuses = self.server.statuses
        told = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        answer = json.dumps({"webhook_status": told}).encode()
        self.send_response(500 if told == 500 else 201)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def simulator() -> Iterator[ScriptedSimulator]:
    with ScriptedSimulator() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def drive(simulator: ScriptedSimulator, copies: int = 1) -> Driver:
    driver = Driver(simulator.url, copies)
    driver.start([MESSAGE])
    eventually(lambda: not driver.is_busy())
    driver.close()
    return driver


def acknowledged(driver: Driver) -> int:
    return sum(isinstance(event, Acknowledged) for event in driver.events)


def test_a_webhook_with_200_is_acknowledged(simulator: ScriptedSimulator) -> None:
    driver = drive(simulator)
    sent, taken = driver.events
    assert isinstance(sent, Sent)
    assert isinstance(taken, Acknowledged)
    assert sent.token == taken.token == MESSAGE.token
    [asked] = simulator.asked
    assert asked["body"] == MESSAGE.text
    assert asked["message_sid"] == MESSAGE.message_sid


def test_a_webhook_without_200_is_repeated(simulator: ScriptedSimulator) -> None:
    simulator.statuses = [503, None, 200]
    assert acknowledged(drive(simulator)) == 1
    assert len(simulator.asked) == 3
    assert len({asked["message_sid"] for asked in simulator.asked}) == 1


def test_after_three_repeats_it_is_given_up(simulator: ScriptedSimulator) -> None:
    simulator.statuses = [503]
    assert acknowledged(drive(simulator)) == 0
    assert len(simulator.asked) == 4


def test_copies_come_together(simulator: ScriptedSimulator) -> None:
    driver = drive(simulator, copies=3)
    assert acknowledged(driver) == 3
    assert simulator.asked == [simulator.asked[0]] * 3


def test_a_broken_simulator_is_no_result(simulator: ScriptedSimulator) -> None:
    simulator.statuses = [500]
    with pytest.raises(requests.HTTPError):
        drive(simulator)
