"""The measure of scale on a few hundred people: it runs, and tells of each call."""

from pathlib import Path

import pytest

from db.embedded.server import EmbeddedPostgres
from tests.bench.scale import compare, made
from tests.bench.scale_data import MILLION, Size
from tests.bench.scale_hour import count_an_hour
from tests.bench.stage import Stage

FEW = Size(users=300, closed=600, active=60, keys=600, parts=400, jobs=50)
CALLS = (
    "ack", "ack, a new chat", "ack, a new person", "fetch_job", "load_chat",
    "record_reply", "claim_next", "record_accepted", "status by SID", "status by part",
    "finish_job", "queue_sends",
)  # fmt: skip
UPKEEP = (
    "idle chats closed", "system messages dropped", "closed chats archived",
    "webhook keys dropped", "jobs of silent workers", "our addresses",
)  # fmt: skip


@pytest.fixture
def stage(postgres: EmbeddedPostgres, tmp_path: Path) -> Stage:
    return Stage(tmp_path, postgres.url, postgres_pid=0)


def test_each_call_and_each_upkeep_is_compared_and_explained(stage: Stage) -> None:
    figures = compare(stage, FEW, rounds=3)
    told = {figure.name.removeprefix("scale: "): figure for figure in figures}
    assert set(told) >= {*CALLS, *UPKEEP}
    assert [figure.name for figure in figures if figure.value <= 0] == []
    assert "idx_jobs_open_lock" in told["fetch_job, alone"].detail
    assert "medians of 3); " in told["ack"].detail


def test_sizes_and_pace_are_told_after_each_third_of_an_hour(stage: Stage) -> None:
    figures = count_an_hour(stage, answers=6)
    told = {figure.name: figure.value for figure in figures}
    assert "hour: procrastinate_jobs" in told
    assert told["hour: answers a second beside a snapshot ÷ before it"] > 0
    assert all("third third" in figure.detail for figure in figures)


def test_a_disk_that_is_too_small_is_found_before_it_is_full(stage: Stage) -> None:
    huge = Size(**dict.fromkeys(MILLION.__slots__, 10**12))
    with pytest.raises(OSError, match="of disk are needed"), made(stage, "huge", huge):
        pass
