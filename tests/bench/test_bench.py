"""The bench's arithmetic, and one real run of one figure. Nothing here is timed."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from typing import Self

import pytest

from tests.bench.figures import Figure, Goal, percentile, ratio_of_medians
from tests.bench.http_lines import Lines, MessageReader
from tests.bench.load import Sample, closed_loop, open_loop, random_gaps
from tests.bench.pgbench import ingest_script
from tests.bench.road import idle_figures
from tests.bench.stage import Stage
from tests.bench.stand_in import Journey
from tests.bench.table import as_markdown, as_text
from tests.bench.webhooks import webhooks_of
from tests.house import ROOT

RATIO = Figure("acks ÷ bare view", 0.7, goal=Goal("≥", 0.7), detail="700/s, 1,000/s")
RATE = Figure("answers", 1234.5, "/s", Goal("≥", 2000))
MEMORY = Figure("memory", 98.76, "MB")


@pytest.fixture(scope="module")
def bare_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The bare view under gunicorn, which needs no database."""
    stage = Stage(tmp_path_factory.mktemp("bench"), database_url="", postgres_pid=0)
    try:
        yield stage.start("bare")
    finally:
        stage.stop()


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100), (0.0, 1)]
)
def test_a_percentile_is_the_nearest_rank(share: float, value: int) -> None:
    assert percentile([*range(100, 0, -1)], share) == value


def test_a_percentile_of_nothing_says_so() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


def test_a_ratio_compares_medians_not_outliers() -> None:
    assert ratio_of_medians([7, 1, 8], [10, 14, 1000]) == 0.5


def test_latency_counts_from_when_a_request_was_due() -> None:
    assert Sample(due=10.0, ended=12.5, status=200).seconds == 2.5


def test_what_people_send_is_repeatable_and_as_much_as_asked_for() -> None:
    gaps = random_gaps(rate=100, seconds=50, seed=3)
    assert gaps == random_gaps(rate=100, seconds=50, seed=3)
    assert gaps != random_gaps(rate=100, seconds=50, seed=4)
    assert len(gaps) == 5000
    assert sum(gaps) == pytest.approx(50, rel=0.1)


def test_the_way_to_the_llm_and_the_overhead_are_told_apart() -> None:
    journey = Journey(said=1.0, acknowledged=1.010, asked=1.025, told=3.025, sent=3.040)
    first, overhead = idle_figures([journey])
    assert first.value == pytest.approx(15)
    assert overhead.value == pytest.approx(40)


@pytest.mark.parametrize(
    ("goal", "met", "missed"), [(Goal("≥", 80), 80, 79.9), (Goal("≤", 1.2), 1.2, 1.21)]
)
def test_a_goal_is_met_at_its_bound(goal: Goal, met: float, missed: float) -> None:
    assert goal.is_met_by(met)
    assert not goal.is_met_by(missed)


def test_the_table_is_aligned_and_ratios_come_first() -> None:
    lines = as_text([MEMORY, RATE, RATIO], ["Two cores"]).splitlines()
    assert lines == [
        "Two cores",
        "",
        "figure            measured  to reach   met  behind it",
        "acks ÷ bare view  0.70      ≥ 0.7      yes  700/s, 1,000/s",
        "memory            98.8 MB   stated",
        "answers           1,234 /s  ≥ 2000 /s  no",
    ]


def test_the_table_for_the_readme_names_the_machine_under_it() -> None:
    assert as_markdown([RATE], ["Two cores"]).splitlines() == [
        "| figure | measured | to reach | met | behind it |",
        "| --- | --- | --- | --- | --- |",
        "| answers | 1,234 /s | ≥ 2000 /s | no |  |",
        "",
        "- Two cores",
    ]


def test_messages_are_found_in_a_stream_however_it_is_cut() -> None:
    stream = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" * 2
    reader = MessageReader()
    found = [m for byte in stream for m in reader.feed(bytes([byte]))]
    assert [(m.status, m.body) for m in found] == [(200, b"hello")] * 2


def test_pgbench_gets_the_bots_own_statement_without_its_job() -> None:
    user, statement = ingest_script(users=10).splitlines()
    assert user == "\\set user random(1000000, 1000009)"
    assert "INSERT INTO inbound_messages" in statement
    assert "procrastinate" not in statement
    assert "%(" not in statement


def test_the_bare_view_takes_signed_requests_only(bare_port: int) -> None:
    async def drive() -> list[int]:
        (webhook,) = webhooks_of(users=1, count=1)
        forged = webhook.request.replace(b"Body=", b"Body=x", 1)
        shorter = forged.replace(b"NumMedia=0", b"NumMedia=", 1)
        async with Lines(bare_port, 1) as lines:
            samples = await open_loop(lines, [webhook.request, shorter], [0.0, 0.0])
        return [sample.status for sample in samples]

    assert asyncio.run(drive()) == [200, 403]


def test_a_closed_loop_counts_what_was_answered(bare_port: int) -> None:
    async def drive() -> tuple[int, int]:
        requests = (webhook.request for webhook in webhooks_of(users=3, count=20))
        async with Lines(bare_port, 4) as lines:
            done = await closed_loop(lines, 4, requests, seconds=30)
        return done.answered, done.failed

    assert asyncio.run(drive()) == (20, 0)


class Run:
    """One quick run of one figure, as `make bench` starts it."""

    def __init__(self, name: str) -> None:
        command = [sys.executable, "-m", "tests.bench", "--quick", "--only", name]
        self.done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
        )

    def row(self, name: str) -> Self:
        assert any(line.startswith(name) for line in self.done.stdout.splitlines()), (
            self.done.stdout + self.done.stderr[-2000:]
        )
        return self


def test_one_figure_can_be_measured_alone() -> None:
    run = Run("idle")
    assert run.done.returncode == 0, run.done.stderr[-2000:]
    run.row("ack to the LLM's first byte asked").row("overhead of an answer")
    assert "fsync on" in run.done.stdout
