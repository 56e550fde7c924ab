"""`python -m tests.bench.growth`: what one more client, or one more worker, brings.

A simulation on one machine, of about a minute. The LLM takes half a second and each
worker answers few chats at once, so that the number of workers is the bound and not
the machine's processors.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from tests.bench.machine import cpu_seconds_of, describe
from tests.bench.pgbench import run_pgbench
from tests.bench.road import WITHOUT_QUIET, running_bot
from tests.bench.stage import START_SECONDS, STOP_SECONDS, Stage, set_up
from tests.bench.stand_in import StandIn
from tests.bench.webhooks import new_webhook
from tests.house import ROOT, eventually
from tests.ports import free_port

CLIENTS = (1, 2, 4, 8, 16)
PGBENCH_SECONDS = 4.0
PGBENCH_USERS = 10_000
WORKERS = (1, 2, 3)
LLM_SECONDS = 0.5
CHATS_AT_ONCE = {"WORKER_CONCURRENCY": "8", **WITHOUT_QUIET}
PEOPLE = 60
ANSWERS = 240
WORKER = [sys.executable, "-m", "bot", "worker"]


def main() -> None:
    """Measure both, and print a line for each."""
    with set_up() as stage:
        with stage.connect() as connection:
            print("\n".join(describe(connection)))
        print("The ingest statement alone, no job, durable commits (pgbench):")
        for clients in CLIENTS:
            stage.empty()
            rate = run_pgbench(
                stage, clients=clients, users=PGBENCH_USERS, seconds=PGBENCH_SECONDS
            )
            print(f"  {clients:2} clients  {rate:6,.0f}/s", flush=True)
        print(f"Answers, LLM of {LLM_SECONDS} s, 8 chats at once in each worker:")
        for workers in WORKERS:
            rate, cost = asyncio.run(_measure_workers(stage, workers))
            most = workers * int(CHATS_AT_ONCE["WORKER_CONCURRENCY"]) / LLM_SECONDS
            print(
                f"  {workers} workers  {rate:5.1f}/s of at most {most:.0f};"
                f" PostgreSQL took {cost:.1f} ms of CPU an answer",
                flush=True,
            )


async def _measure_workers(stage: Stage, workers: int) -> tuple[float, float]:
    """Return answers per second, and PostgreSQL's CPU time for each in ms."""
    with _more_workers(stage, workers - 1):
        async with running_bot(stage, **CHATS_AT_ONCE) as stand_in:
            stand_in.llm_seconds = LLM_SECONDS
            before = cpu_seconds_of(stage.pids_of("postgres"))
            rate = await _talk(stand_in)
            took = cpu_seconds_of(stage.pids_of("postgres")) - before
    return rate, 1000 * took / ANSWERS


async def _talk(stand_in: StandIn) -> float:
    numbers = iter(range(ANSWERS))
    began = time.monotonic()
    await asyncio.gather(*(_person(stand_in, user, numbers) for user in range(PEOPLE)))
    return ANSWERS / (time.monotonic() - began)


async def _person(stand_in: StandIn, user: int, numbers: Iterator[int]) -> None:
    for _ in numbers:
        await stand_in.converse(new_webhook(user))


@contextmanager
def _more_workers(stage: Stage, number: int) -> Iterator[None]:
    """Run so many workers beside the stage's own; the database is all they share."""
    started = []
    try:
        for name, _ in zip(count(2), range(number), strict=False):
            started.append(_start_worker(stage, f"worker-{name}"))
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(STOP_SECONDS)


def _start_worker(stage: Stage, name: str) -> subprocess.Popen[bytes]:
    output = stage.folder / f"{name}.out"
    environment = {**stage._environment(free_port()), **CHATS_AT_ONCE}
    with output.open("wb") as told:
        process = subprocess.Popen(
            WORKER, env=environment, cwd=ROOT, stdout=told, stderr=told
        )
    eventually(lambda: "the worker is ready" in output.read_text(), START_SECONDS)
    return process


if __name__ == "__main__":
    main()
