"""Acknowledgements: how many a second, and how long they take at half that rate."""

import asyncio
from dataclasses import dataclass, field
from statistics import median

from tests.bench.effort import Effort
from tests.bench.figures import DRIVER, Figure, Goal, percentile, ratio_of_medians
from tests.bench.http_lines import Lines
from tests.bench.load import OK, Throughput, closed_loop, open_loop, random_gaps
from tests.bench.machine import cpu_seconds_of
from tests.bench.pgbench import run_pgbench
from tests.bench.stage import Stage
from tests.bench.webhooks import webhooks_of

CLIENTS = 16
USERS = 1000
# More than any server here answers: a round ends with its time.
MOST_A_SECOND = 8000
OPEN_LINES = 64
SERVERS = ("bare", "web", "naive")
WITHOUT_JOB, WITH_JOB = "pgbench", "pgbench with job"


@dataclass(slots=True)
class Rounds:
    """What each contender reached in each round, and what that took."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)
    driving: dict[str, list[float]] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    driver_share: float = 0.0

    def note(self, name: str, done: Throughput, cpu_seconds: float) -> None:
        self.note_rate(name, done.rate, cpu_seconds / max(1, done.answered))
        self.driving.setdefault(name, []).append(done.driver_cost)
        self.failed[name] = self.failed.get(name, 0) + done.failed
        self.driver_share = max(self.driver_share, done.driver_share)

    def note_rate(self, name: str, rate: float, cpu_seconds: float) -> None:
        """Take down a round: how many a second, and the CPU time of one."""
        self.rates.setdefault(name, []).append(rate)
        self.costs.setdefault(name, []).append(1e6 * cpu_seconds)

    def ratio(self, ours: str, theirs: str) -> float:
        return ratio_of_medians(self.rates[ours], self.rates[theirs])

    def told(self, *names: str) -> str:
        """Return each one's median rate, and its failures if it had any."""
        return ", ".join(self._told(name) for name in names)

    def _told(self, name: str) -> str:
        failed = self.failed.get(name, 0)
        rate = f"{name} {median(self.rates[name]):,.0f}/s"
        return f"{rate} ({failed} failed)" if failed else rate

    def cost_of(self, name: str) -> str:
        return f"{name} {median(self.costs[name]):,.0f} µs"


async def measure_acks(stage: Stage, effort: Effort) -> list[Figure]:
    """Run the contenders in turns, then web and bare view at one rate."""
    for name in SERVERS:
        stage.start(name)
        await _drive(stage, name, min(1.0, effort.seconds))  # warms up, not counted
    rounds = Rounds()
    for number in range(effort.rounds):
        await _run_lap(stage, effort, rounds, first=number)
    stage.stop("naive")
    latencies = await _measure_latencies(stage, effort, median(rounds.rates["web"]) / 2)
    stage.stop("bare", "web")
    return [*_throughput_figures(rounds), *latencies]


async def _run_lap(stage: Stage, effort: Effort, rounds: Rounds, first: int) -> None:
    """Give everyone a round, each lap beginning with another one."""
    contenders = (*SERVERS, WITHOUT_JOB, WITH_JOB)
    for number in range(len(contenders)):
        name = contenders[(first + number) % len(contenders)]
        if name in SERVERS:
            rounds.note(name, *await _weighed(stage, name, effort.seconds))
        else:
            jobs = name == WITH_JOB
            told = await asyncio.to_thread(_pgbench, stage, effort, jobs=jobs)
            rounds.note_rate(name, *told)


async def _weighed(stage: Stage, name: str, seconds: float) -> tuple[Throughput, float]:
    """Return what was done, and the processor time it took."""
    stage.empty()
    before = _cpu_seconds(stage, name)
    done = await _drive(stage, name, seconds)
    return done, _cpu_seconds(stage, name) - before


def _cpu_seconds(stage: Stage, name: str) -> float:
    pids = [*stage.pids_of(name), *stage.pids_of("postgres")]
    return cpu_seconds_of(pids)


def _pgbench(stage: Stage, effort: Effort, jobs: bool) -> tuple[float, float]:
    """Return transactions per second, and PostgreSQL's CPU time of one."""
    stage.empty()
    before = cpu_seconds_of(stage.pids_of("postgres"))
    rate = run_pgbench(
        stage, clients=CLIENTS, users=USERS, seconds=effort.seconds, jobs=jobs
    )
    took = cpu_seconds_of(stage.pids_of("postgres")) - before
    return rate, took / (rate * max(1, round(effort.seconds)))


async def _drive(stage: Stage, name: str, seconds: float) -> Throughput:
    webhooks = list(webhooks_of(USERS, int(MOST_A_SECOND * seconds)))
    requests = (webhook.request for webhook in webhooks)
    async with Lines(stage.ports[name], CLIENTS) as lines:
        return await closed_loop(lines, CLIENTS, requests, seconds)


def _throughput_figures(rounds: Rounds) -> list[Figure]:
    return [
        Figure(
            "acks/s ÷ bare Flask view (form and signature only)",
            rounds.ratio("web", "bare"),
            goal=Goal("≥", 0.40),
            detail=rounds.told("web", "bare"),
        ),
        Figure(
            "naive bot's acks/s ÷ bare Flask view",
            rounds.ratio("naive", "bare"),
            detail=f"{rounds.told('naive')}, its LLM taking no time",
        ),
        *(_pgbench_figure(rounds, name) for name in (WITHOUT_JOB, WITH_JOB)),
        *_cost_figures(rounds),
    ]


def _pgbench_figure(rounds: Rounds, name: str) -> Figure:
    which = "and its job" if name == WITH_JOB else "no job"
    return Figure(
        f"acks/s ÷ pgbench with the ingest statement, {which}",
        rounds.ratio("web", name),
        detail=f"{rounds.told('web', name)}; PostgreSQL's CPU: {rounds.cost_of(name)}",
    )


def _cost_figures(rounds: Rounds) -> list[Figure]:
    driving = {name: median(costs) for name, costs in rounds.driving.items()}
    return [
        Figure(
            "CPU of an ack, PostgreSQL's included",
            median(rounds.costs["web"]),
            "µs",
            detail=", ".join(map(rounds.cost_of, SERVERS)),
        ),
        Figure(
            f"{DRIVER}, an ack",
            driving["web"],
            "µs",
            detail=f"bare {driving['bare']:,.0f} µs; {rounds.driver_share:.0%} of a"
            " core at most",
        ),
    ]


async def _measure_latencies(stage: Stage, effort: Effort, rate: float) -> list[Figure]:
    """Offer both the same load, in turns; compare the medians of their p99s."""
    slow: dict[str, list[float]] = {"web": [], "bare": []}
    failed = 0
    for number in range(effort.rounds):
        for name, p99s in slow.items():
            stage.empty()
            seconds, bad = await _one_p99(stage.ports[name], rate, effort, seed=number)
            p99s.append(1000 * seconds)
            failed += bad
    ours, theirs = median(slow["web"]), median(slow["bare"])
    told = f"{ours:.1f} ms, {theirs:.1f} ms at {rate:,.0f}/s; {failed} failed"
    ratio = ratio_of_medians(slow["web"], slow["bare"])
    name = "ack p99 at half that rate ÷ bare view's"
    return [Figure(name, ratio, goal=Goal("≤", 3), detail=told)]


async def _one_p99(
    port: int, rate: float, effort: Effort, seed: int
) -> tuple[float, int]:
    gaps = random_gaps(rate, effort.seconds, seed)
    requests = [webhook.request for webhook in webhooks_of(USERS, len(gaps))]
    async with Lines(port, OPEN_LINES) as lines:
        samples = await open_loop(lines, requests, gaps)
    failed = sum(sample.status != OK for sample in samples)
    return percentile([sample.seconds for sample in samples], 0.99), failed
