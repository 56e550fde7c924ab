"""Complete answers: how many a second, what one costs, what they do to memory."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.effort import Effort
from tests.bench.figures import DRIVER, Figure, Goal
from tests.bench.machine import cpu_seconds_of, memory_of
from tests.bench.road import WITHOUT_QUIET, running_bot
from tests.bench.stage import Stage
from tests.bench.stand_in import StandIn
from tests.bench.webhooks import new_webhook

# Then another takes a person's place: who writes so much alike is taken for a machine.
MESSAGES_EACH = 4
OURS = ("web", "worker", "postgres")
Memory = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many talk at a time, how long the LLM takes, and how the worker is set."""

    llm: str
    people: int
    llm_seconds: float
    settings: dict[str, str]


AT_ONCE = Crowd(
    llm="LLM at zero delay", people=100, llm_seconds=0.0, settings=WITHOUT_QUIET
)
# So many that what bounds them is not the second in which each of them waits.
PATIENT = Crowd(
    llm="LLM takes 1 s",
    people=300,
    llm_seconds=1.0,
    settings={"WORKER_CONCURRENCY": "256", **WITHOUT_QUIET},
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Answers: how many a second, and the CPU seconds that they took of whom."""

    answers: int
    seconds: float
    rate: float
    took: dict[str, float]
    driver: float

    @property
    def cost(self) -> float:
        """Return the CPU of one answer in ms: all processes of ours together."""
        return 1000 * sum(self.took.values()) / self.answers

    @property
    def driver_cost(self) -> float:
        return 1000 * self.driver / self.answers

    @property
    def cores(self) -> float:
        """Return how many cores all of it kept busy, the driver's included."""
        return (sum(self.took.values()) + self.driver) / self.seconds

    def told(self) -> str:
        costs = (f"{name} {1000 * self.took[name] / self.answers:.1f}" for name in OURS)
        return ", ".join(costs)


async def measure_answers(stage: Stage, effort: Effort) -> list[Figure]:
    """Let people talk, each writing again once answered; weigh the processes."""
    async with running_bot(stage, **AT_ONCE.settings) as stand_in:
        await stand_in.settle()
        rest = _memory(stage)
        first = effort.answers // 10
        await _talk(stand_in, AT_ONCE.people, range(first))
        warm = _memory(stage)
        done = await _weigh(stage, stand_in, AT_ONCE, range(first, effort.answers))
        after = _memory(stage)
    slowly = await _weigh_patient(stage, effort)
    memory = _memory_figures(rest, warm, after, effort)
    goals = Goal("≥", 140), Goal("≤", 11)
    return [*_figures(AT_ONCE, done, *goals), *_figures(PATIENT, slowly), *memory]


async def _weigh_patient(stage: Stage, effort: Effort) -> Weighed:
    """Weigh the same with an LLM that takes its time."""
    async with running_bot(stage, **PATIENT.settings) as stand_in:
        stand_in.llm_seconds = PATIENT.llm_seconds
        first = effort.answers_of_slow_llm // 10
        await _talk(stand_in, PATIENT.people, range(first))
        rest = range(first, effort.answers_of_slow_llm)
        return await _weigh(stage, stand_in, PATIENT, rest)


async def _weigh(
    stage: Stage, stand_in: StandIn, crowd: Crowd, turns: range
) -> Weighed:
    """Let them talk; the callbacks of the last answers are weighed with them."""
    await stand_in.settle()
    before, driver = _cpu_seconds(stage), time.process_time()
    began = time.monotonic()
    sent = await _talk(stand_in, crowd.people, turns)
    await stand_in.settle()
    seconds = time.monotonic() - began
    took = {name: now - before[name] for name, now in _cpu_seconds(stage).items()}
    driver = time.process_time() - driver
    return Weighed(len(turns), seconds, steady_rate(sent), took, driver)


def _cpu_seconds(stage: Stage) -> dict[str, float]:
    return {name: cpu_seconds_of(stage.pids_of(name)) for name in OURS}


def steady_rate(moments: Sequence[float]) -> float:
    """Return how many came a second, leaving out the first and the last tenth.

    In those not everybody talks: they wait for their first answer, or have no more.
    """
    ordered = sorted(moments)
    first, last = len(ordered) // 10, len(ordered) - 1 - len(ordered) // 10
    return (last - first) / (ordered[last] - ordered[first])


async def _talk(stand_in: StandIn, people: int, turns: range) -> list[float]:
    """Return when each answer reached Twilio."""
    numbers, sent = iter(turns), list[float]()

    async def person(user: int, numbers: Iterator[int]) -> None:
        # Some are quicker than others: so what each of them wrote is what counts.
        for written, _ in enumerate(numbers):
            shift = turns.start + written // MESSAGES_EACH
            journey = await stand_in.converse(new_webhook(user + people * shift))
            sent.append(journey.sent)

    await asyncio.gather(*(person(user, numbers) for user in range(people)))
    return sent


def _figures(
    crowd: Crowd, done: Weighed, rate: Goal | None = None, cost: Goal | None = None
) -> list[Figure]:
    told = (
        f"{done.answers:,} answers to {crowd.people} people at a time, one worker,"
        " no quiet time, three signed status callbacks each;"
        f" {done.cores:.2f} of {os.cpu_count()} cores busy with it"
    )
    name = f"CPU of an answer, {crowd.llm}"
    rated = f"complete answers, {crowd.llm}, everything on this machine"
    return [
        Figure(rated, done.rate, "/s", rate, told),
        Figure(f"{name}, all processes of ours", done.cost, "ms", cost, done.told()),
        *_driver_figures(name, crowd, done),
    ]


def _driver_figures(name: str, crowd: Crowd, done: Weighed) -> list[Figure]:
    """Return its CPU, and ours as a multiple: how fast a core just is, is in both."""
    whose = "the people, Twilio and the LLM"
    driving = f"{DRIVER}, an answer, {crowd.llm}"
    return [
        Figure(f"{name}, ÷ {DRIVER}", done.cost / done.driver_cost),
        Figure(driving, done.driver_cost, "ms", detail=whose),
    ]


def _memory(stage: Stage) -> Memory:
    return memory_of([*stage.pids_of("web"), *stage.pids_of("worker")])


def _memory_figures(
    rest: Memory, warm: Memory, after: Memory, effort: Effort
) -> list[Figure]:
    def told(memory: Memory) -> str:
        return (
            f"{memory['Pss']:.0f} MB ({memory['Private_Dirty']:.0f} MB private and"
            f" dirty, {memory['Rss']:.0f} MB RSS)"
        )

    return [
        Figure(
            f"memory (PSS) of web and worker after {effort.answers:,} messages"
            " ÷ at rest",
            after["Pss"] / rest["Pss"],
            goal=Goal("≤", 1.10),
            detail=f"after a tenth of them {told(warm)}, after all {told(after)}",
        ),
        Figure(
            "memory (PSS) of web (2 processes and their parent) and worker, at rest",
            rest["Pss"],
            "MB",
            Goal("≤", 160),
            told(rest),
        ),
    ]
