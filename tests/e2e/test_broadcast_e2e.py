"""A broadcast by the command, and workers that are killed over it: each person once."""

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import requests

from db.database import Database
from db.embedded.server import EmbeddedPostgres
from tests.conftest import new_database
from tests.db.sql import opened, rows, value
from tests.house import PATIENCE, House, eventually

SID = f"HX{107:032x}"  # the simulator has others of its own
BODY = "Hello {{1}}, rye bread is half price today."
PEOPLE = 36
KILLS = int(os.environ.get("BROADCAST_KILLS", "1"))
STORED = "SELECT count(*) FROM broadcast_recipients WHERE state = 'stored'"
STATE = "SELECT state FROM broadcasts"
WHY = "SELECT broadcast_id, reason FROM broadcasts"


@pytest.fixture
def house(postgres: EmbeddedPostgres, migrated: str, tmp_path: Path) -> Iterator[House]:
    """A bot that only sends: a simulator and workers."""
    template = f"TEMPLATE {migrated} STRATEGY file_copy"
    with new_database(postgres, template) as url:
        found = House(tmp_path, url, BROADCAST_PER_MINUTE="4800")
        try:
            found.start_simulator()
            put = f"{found.simulator_url}/simulator/templates"
            known = {"sid": SID, "body": BODY, "friendly_name": "half_price"}
            requests.put(put, json=[known], timeout=PATIENCE).raise_for_status()
            yield found
        finally:
            found.close()


def test_workers_are_killed_and_everybody_hears_it_once(
    house: House, tmp_path: Path
) -> None:
    numbers = starts(house, tmp_path, PEOPLE)
    with opened(house.database_url or "") as database:
        for kill in range(KILLS):
            house.start_worker()
            eventually(partial(has_stored, database, 1 + kill * PEOPLE // KILLS))
            house.kill("worker")
        house.start_worker()
        eventually(lambda: value(database, STATE) == "done")
        eventually(lambda: len(heard(house, numbers)) >= PEOPLE)
    house.stop("worker")
    assert heard(house, numbers) == once(numbers)


def test_a_number_that_may_send_no_more_pauses_it_and_everybody_hears_it_once(
    house: House, tmp_path: Path
) -> None:
    house.faults({"on": "create", "kind": "reject", "code": 63018, "count": 3})
    numbers = starts(house, tmp_path, 12)
    with opened(house.database_url or "") as database:
        house.start_worker()
        eventually(lambda: value(database, STATE) == "paused")
        [(broadcast_id, why)] = rows(database, WHY)
        assert "63018" in why
        assert house.bot("broadcast", "resume", broadcast_id).returncode == 0
        eventually(partial(has_all, house, database, numbers))
    house.stop("worker")
    assert heard(house, numbers) == once(numbers)


def has_all(house: House, database: Database, numbers: list[str]) -> bool:
    """Tell whether all heard it; what pauses it once more is resumed."""
    if value(database, STATE) == "paused":
        broadcast_id = value(database, "SELECT broadcast_id FROM broadcasts")
        house.bot("broadcast", "resume", broadcast_id)
    return len(heard(house, numbers)) >= len(numbers)


def starts(house: House, folder: Path, people: int) -> list[str]:
    """Start a broadcast to so many; return their numbers."""
    numbers = [f"+1555200{number:04}" for number in range(people)]
    file = folder / "people.csv"
    lines = [f"{number},Ana {number},form" for number in numbers]
    file.write_text("\n".join(["address,1,opt_in", *lines]))
    done = house.bot("broadcast", "start", "half_price", "--to", str(file), "--yes")
    assert done.returncode == 0, done.stderr
    return numbers


def once(numbers: list[str]) -> Counter[str]:
    """Return what everybody is to hear."""
    return Counter(
        f"Hello Ana {number}, rye bread is half price today." for number in numbers
    )


def heard(house: House, numbers: list[str]) -> Counter[str]:
    """Return what came to the phones, and how often."""
    url = f"{house.simulator_url}/simulator/conversations/whatsapp:%2B"
    found: Counter[str] = Counter()
    for number in numbers:
        answer = requests.get(url + number.removeprefix("+"), timeout=PATIENCE)
        found.update(m["body"] for m in answer.json().get("messages", []))
    return found


def has_stored(database: Database, least: int) -> bool:
    return bool(value(database, STORED) >= least)
