import pytest

from tests.bot.simulator.desk import Desk

HALF = {"on": "create", "kind": "429", "rate": 0.5, "count": 1000}


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
