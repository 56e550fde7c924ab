"""The bench's arithmetic, and one real run of one figure. Nothing here is timed."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlencode

import pytest

from tests.bench.answers import Weighed, steady_rate
from tests.bench.beside import compare, unequal
from tests.bench.figures import DRIVER, Figure, Goal, percentile, ratio_of_medians
from tests.bench.http_lines import Lines, Message, MessageReader
from tests.bench.ingest import literal_statement
from tests.bench.load import Sample, closed_loop, open_loop, random_gaps
from tests.bench.pgbench import ingest_script, without_jobs
from tests.bench.road import idle_figures
from tests.bench.stage import Stage
from tests.bench.stand_in import Journey, StandIn
from tests.bench.table import as_markdown, as_text
from tests.bench.wake_ups import wake_up_figures
from tests.bench.webhooks import PUBLIC, webhooks_of
from tests.db.sql import opened, value
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


def test_pgbench_gets_the_bots_own_statement_with_its_job_and_without(
    database_url: str,
) -> None:
    user, statement = ingest_script(literal_statement("Hi"), users=10).splitlines()
    assert user == "\\set user random(1000000, 1000009)"
    ingested = statement.removesuffix(";").replace(":user", "'1000009'")
    with opened(database_url) as database:
        with without_jobs(database_url):
            database.rows(ingested)
        assert value(database, JOBS) == 0
        database.rows(ingested)
        assert value(database, JOBS) == 1
        assert value(database, "SELECT count(*) FROM inbound_messages") == 2


def test_twilio_calls_back_after_create_and_seldom_before() -> None:
    lines = NotedLines(port=0, most=1)
    early = asyncio.run(send_parts(lines, count=100))
    assert 0 < early < 20
    by_sid: dict[str, list[str]] = {}
    for sid, status in lines.noted:
        by_sid.setdefault(sid, []).append(status)
    assert [*by_sid.values()] == [["sent", "delivered", "read"]] * 100


def test_a_rate_leaves_out_when_not_everybody_talks() -> None:
    busy = [10 + number / 40 for number in range(80)]
    assert steady_rate([*range(10), *busy, *range(100, 110)]) == pytest.approx(40)


def test_an_answer_costs_what_all_our_processes_took() -> None:
    took = {"web": 1.0, "worker": 2.5, "postgres": 1.5}
    done = Weighed(answers=500, seconds=4.0, rate=125.0, took=took, driver=1.0)
    assert done.cost == 10.0
    assert done.driver_cost == 2.0
    assert done.cores == 1.5


def test_the_tail_of_a_wake_up_is_told() -> None:
    quick = [Journey(acknowledged=1.0, asked=1.004) for _ in range(98)]
    polled = [Journey(acknowledged=1.0, asked=1.5) for _ in range(2)]
    (figure,) = wake_up_figures([*polled, *quick])
    assert figure.value == pytest.approx(500)
    assert figure.detail == "p50 4.0 ms, worst 500 ms; 2 of 100 over 100 ms"


def test_checkouts_are_compared_lap_by_lap_and_ratios_come_first() -> None:
    here = [lap(Figure("cost", ms, "ms"), RATIO) for ms in (10, 30, 11)]
    beside = [lap(Figure("cost", ms, "ms"), RATIO) for ms in (20, 20, 22)]
    found = compare([*here, {}], [*beside, lap(RATIO)])  # the last lap broke here
    assert [one.row() for one in found] == [
        (RATIO.name, "0.70", "0.70", "1.00", "1.00, 1.00, 1.00"),
        ("cost", "11.0 ms", "20.0 ms", "0.50", "0.50, 1.50, 0.50"),
    ]


@pytest.mark.parametrize(("took", "apart"), [(1.1, 0), (1.3, 1), (0.7, 1)])
def test_a_driver_that_took_another_share_forbids_a_comparison(
    took: float, apart: int
) -> None:
    name = f"{DRIVER}, an answer"
    found = compare([lap(Figure(name, took, "ms"))], [lap(Figure(name, 1.0, "ms"))])
    assert len(unequal(found)) == apart


def test_the_processes_are_those_of_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    bot = "import sys; print('the worker is ready', sys.argv[1:], flush=True)"
    wait = "import signal; signal.pause()"
    (tmp_path / "bot" / "__main__.py").write_text(
        f"{bot}\nif sys.argv[1:] == ['worker']:\n    {wait}\n"
    )
    stage = Stage(tmp_path, database_url="", postgres_pid=0, root=tmp_path)
    assert stage.run("-m", "bot", "--help") == "the worker is ready ['--help']\n"
    stage.start("worker")
    stage.stop()


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


JOBS = "SELECT count(*) FROM procrastinate.procrastinate_jobs"


class NotedLines(Lines):
    """Lines to nobody: each callback is taken down and answered."""

    def __init__(self, port: int, most: int) -> None:
        super().__init__(port, most)
        self.noted: list[tuple[str, str]] = []

    async def exchange(self, request: bytes) -> int:
        form = parse_qs(request.partition(b"\r\n\r\n")[2].decode())
        self.noted.append((form["MessageSid"][0], form["MessageStatus"][0]))
        return 200


async def send_parts(lines: NotedLines, count: int) -> int:
    """Send parts one by one; return how many were called back before the answer."""
    stand_in, early = StandIn(lines), 0
    form = {"To": "whatsapp:+15550000001", "Body": "Nine.", "StatusCallback": PUBLIC}
    for _ in range(count):
        before = len(lines.noted)
        await stand_in.accept(Message("POST /", urlencode(form).encode(), began=0.0))
        early += len(lines.noted) - before
    await stand_in.settle()
    return early


def lap(*figures: Figure) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


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
