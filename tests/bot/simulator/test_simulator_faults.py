import pytest
import requests

from tests.bot.simulator.desk import Desk
from tests.bot.simulator.scripted_bot import ScriptedBot
from tests.house import eventually

HALF = {"on": "create", "kind": "429", "rate": 0.5, "count": 1000}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"kind": "429"}, 429, 20429),
        ({"kind": "401"}, 401, 20003),
        ({"kind": "500"}, 500, 20500),
        ({"kind": "hang", "seconds": 0.01}, 500, 20500),
        ({"kind": "reject", "code": 21610}, 400, 21610),
    ],
)
@pytest.mark.parametrize("on", ["create", "list", "fetch", "typing"])
def test_a_fault_spoils_one_request(
    *,
    desk: Desk,
    address: str,
    on: str,
    fault: dict[str, object],
    status: int,
    code: int,
) -> None:
    sid = desk.user_says(address)["message_sid"]
    asks = {
        "create": lambda: desk.create(To=address, Body="Hi"),
        "list": lambda: desk.rest("GET", "Messages.json"),
        "fetch": lambda: desk.rest("GET", f"Messages/{sid}.json"),
        "typing": lambda: desk.bot_types(sid),
    }
    desk.order({"on": on, **fault})
    spoilt = asks[on]()
    assert (spoilt.status_code, spoilt.json()["code"]) == (status, code)
    assert desk.bodies(address) == ["Hello"]
    assert asks[on]().ok


def test_a_dropped_connection_brings_no_answer(desk: Desk, address: str) -> None:
    desk.order({"on": "create", "kind": "drop"})
    with pytest.raises(requests.ConnectionError):
        desk.create(To=address, Body="Lost")
    assert desk.bodies(address) == []


def test_a_message_may_be_accepted_and_its_answer_lost(
    desk: Desk, address: str
) -> None:
    lost = {"on": "create", "after_accepting": True}
    desk.order({**lost, "kind": "drop"}, {**lost, "kind": "500"})
    with pytest.raises(requests.ConnectionError):
        desk.create(To=address, Body="dropped")
    assert desk.create(To=address, Body="broken").status_code == 500
    assert desk.bodies(address) == ["dropped", "broken"]


def test_a_hanging_request_may_have_been_accepted(desk: Desk, address: str) -> None:
    hang = {"on": "create", "kind": "hang", "after_accepting": True, "seconds": 0.05}
    desk.order(hang)
    assert desk.bot_sends(address, "slow")["status"] == "queued"


def test_faults_are_counted_down_and_forgotten(desk: Desk) -> None:
    desk.order({"on": "list", "kind": "429", "count": 3})
    desk.rest("GET", "Messages.json")
    [left] = desk.phone("GET", "faults").json()
    assert (left["on"], left["count"]) == ("list", 2)
    assert desk.phone("DELETE", "faults").json() == []
    assert desk.rest("GET", "Messages.json").status_code == 200


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("drop", ["delivered"]),
        ("double", ["sent", "sent", "delivered"]),
        ("shuffle", ["delivered", "sent"]),
    ],
)
def test_status_callbacks_can_be_lost_doubled_and_shuffled(
    desk: Desk, bot: ScriptedBot, address: str, kind: str, expected: list[str]
) -> None:
    desk.user_says(address)
    desk.order({"on": "callbacks", "kind": kind})
    url = f"{bot.origin}/status"
    sid = desk.bot_sends(address, "Hi", StatusCallback=url)["sid"]
    bot.wait_until(lambda: bot.statuses_of(sid) == expected)


@pytest.mark.parametrize("kind", ["failed", "undelivered"])
def test_a_delivery_can_fail_with_a_code(desk: Desk, address: str, kind: str) -> None:
    desk.user_says(address)
    desk.order({"on": "delivery", "kind": kind, "code": 63032})
    sid = desk.bot_sends(address, "Hi")["sid"]
    eventually(lambda: desk.bot_fetches(sid)["status"] == kind)
    assert desk.bot_fetches(sid)["error_code"] == 63032


@pytest.mark.parametrize(
    "order",
    [
        {"on": "create"},
        {"on": "lunch", "kind": "500"},
        {"on": "create", "kind": "double"},
        {"on": "create", "kind": "500", "colour": "red"},
        {"on": "create", "kind": "hang", "seconds": 61},
        {"on": "create", "kind": "hang", "seconds": "long"},
        {"on": "create", "kind": "500", "count": 0},
        {"on": "create", "kind": "reject", "code": 1},
        "500",
    ],
)
def test_an_order_that_makes_no_sense_is_refused(desk: Desk, order: object) -> None:
    answer = desk.phone("PUT", "faults", json=[order])
    assert answer.status_code == 400
    assert answer.json()["error"]


def outcomes(desk: Desk, address: str, seed: int, *faults: object) -> list[int]:
    desk.phone("PUT", f"faults?seed={seed}", json=list(faults)).raise_for_status()
    return [desk.create(To=address, Body="Hi").status_code for _ in range(24)]


def test_a_rate_spoils_a_share_of_the_requests(desk: Desk, address: str) -> None:
    spoilt = outcomes(desk, address, 7, HALF).count(429)
    assert 4 < spoilt < 20


def test_the_same_seed_spoils_the_same_requests(desk: Desk, address: str) -> None:
    first = outcomes(desk, address, 7, HALF)
    assert outcomes(desk, address, 7, HALF) == first
    assert outcomes(desk, address, 8, HALF) != first


def test_what_one_rate_spares_may_meet_the_next(desk: Desk, address: str) -> None:
    broken = {"on": "create", "kind": "500", "count": 1000}
    assert set(outcomes(desk, address, 7, HALF, broken)) == {429, 500}


@pytest.mark.parametrize("rate", [0, -0.1, 1.5, "often"])
def test_a_rate_that_is_no_share_is_refused(desk: Desk, rate: object) -> None:
    assert desk.phone("PUT", "faults", json=[{**HALF, "rate": rate}]).status_code == 400
