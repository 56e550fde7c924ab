"""Load: a closed loop shows the most that goes through, an open one how long it takes.

In the open model requests come when they are due, whether or not earlier ones were
answered, and latency counts from then: a server that stalls can't hide it.
"""

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.http_lines import Lines

OK = 200
BETWEEN_CLIENTS_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Sample:
    """One request: when it was due, when its answer was there, and its status."""

    due: float
    ended: float
    status: int

    @property
    def seconds(self) -> float:
        return self.ended - self.due


@dataclass(frozen=True, slots=True)
class Throughput:
    """What a closed loop did, and the share of a core that driving it took."""

    answered: int
    failed: int
    seconds: float
    driver_share: float

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    @property
    def driver_cost(self) -> float:
        """Return what driving one request took, in µs of CPU."""
        return 1e6 * self.driver_share * self.seconds / max(1, self.answered)


async def closed_loop(
    lines: Lines, clients: int, requests: Iterator[bytes], seconds: float
) -> Throughput:
    """Let each client send its next request once the last one is answered."""
    began, busy = time.monotonic(), time.process_time()
    until = began + seconds

    async def client(number: int) -> tuple[int, int]:
        answered = failed = 0
        # Connections that come at the same instant all meet the same one of the
        # server's processes.
        await asyncio.sleep(BETWEEN_CLIENTS_SECONDS * number)
        for request in requests:
            if await lines.exchange(request) == OK:
                answered += 1
            else:
                failed += 1
            if time.monotonic() > until:
                break
        return answered, failed

    counts = await asyncio.gather(*map(client, range(clients)))
    took = time.monotonic() - began
    return Throughput(
        answered=sum(answered for answered, _ in counts),
        failed=sum(failed for _, failed in counts),
        seconds=took,
        driver_share=(time.process_time() - busy) / took,
    )


async def open_loop(
    lines: Lines, requests: Sequence[bytes], gaps: Sequence[float]
) -> list[Sample]:
    """Send each request when it is due, `gaps` seconds after the one before."""
    sent: list[asyncio.Task[Sample]] = []
    due = time.monotonic()
    for request, gap in zip(requests, gaps, strict=True):
        due += gap
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        sent.append(asyncio.create_task(_send(lines, request, due)))
    return await asyncio.gather(*sent)


async def _send(lines: Lines, request: bytes, due: float) -> Sample:
    status = await lines.exchange(request)
    return Sample(due, time.monotonic(), status)


def random_gaps(rate: float, seconds: float, seed: int) -> list[float]:
    """Return the pauses between people who know nothing of each other."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, no secret
    return [dice.expovariate(rate) for _ in range(int(rate * seconds))]
