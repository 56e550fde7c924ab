"""The phones, and what they count as acknowledged, against a scripted simulator."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.chaos.driver import Driver
from tests.chaos.events import Acknowledged, Sent
from tests.chaos.schedule import Size, plan_messages
from tests.house import eventually
from tests.listening import Request, Response, answering

[MESSAGE] = plan_messages(7, Size(users=1, messages=1, seconds=0))


class ScriptedSimulator:
    """Says that the webhooks ended with these statuses, the last one for ever."""

    def __init__(self) -> None:
        self.statuses: list[int | None] = [200]
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    def answer(self, request: Request) -> Response:
        self.asked.append(json.loads(request.body))
        told = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Response(500 if told == 500 else 201, {"webhook_status": told})


@pytest.fixture
def simulator() -> Iterator[ScriptedSimulator]:
    simulator = ScriptedSimulator()
    with answering(simulator.answer) as simulator.url:
        yield simulator


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
