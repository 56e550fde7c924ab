"""The short form of `make chaos`: everything at once, for ten users."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.checker import check
from tests.chaos.events import Killed
from tests.chaos.evidence import write_evidence
from tests.chaos.experiment import Experiment
from tests.chaos.scenarios import SHORT
from tests.chaos.town import Town

SEED = 20_261_101


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    town = Town(tmp_path, database_url, SHORT, SEED)
    try:
        town.start()
        yield town
    finally:
        town.close()


def test_nothing_is_lost_doubled_or_swapped_when_all_goes_wrong(town: Town) -> None:
    size = SHORT.size(users=10, messages=100)
    events = Experiment(SHORT, town, SEED).run(size)
    verdict = check(events)
    if not verdict.holds:
        evidence = town.folder / "evidence.txt"
        write_evidence(evidence, town.database_url, events, verdict)
        pytest.fail(f"{dataclasses.asdict(verdict)}\n{evidence.read_text()}")
    assert verdict.sent == 100
    assert verdict.acknowledged > 25
    assert {event.name for event in events if isinstance(event, Killed)} == {
        "web",
        "worker",
    }
