"""What an answer asks of PostgreSQL: round trips and transactions, counted.

A relay between a process and PostgreSQL reads along. Nothing is timed, so a busy
machine changes them little: what the worker asks by itself, four times a second, is in
them, and more of it where an answer takes longer.
https://www.postgresql.org/docs/16/protocol-message-formats.html
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.bench.effort import Effort
from tests.bench.figures import Figure
from tests.bench.http_lines import Lines
from tests.bench.road import LINES, WITHOUT_QUIET
from tests.bench.stage import Stage
from tests.bench.stand_in import StandIn
from tests.bench.webhooks import new_webhook
from tests.ports import free_port

PIECE = 65_536
HEAD = 5  # a type, and the length of the rest with itself
READY, IDLE = b"Z", b"I"
NO_TLS = b"N"  # the only answer without a head: there is nothing encrypted here
PEOPLE, MESSAGES_EACH = 10, 4  # who writes more in a minute is taken for a machine


@dataclass(slots=True)
class Trips:
    """How often PostgreSQL said that it is ready again, and outside a transaction."""

    round_trips: int = 0
    transactions: int = 0

    def since(self, before: "Trips") -> "Trips":
        return Trips(
            self.round_trips - before.round_trips,
            self.transactions - before.transactions,
        )


class Answers:
    """Reads what PostgreSQL sends over one connection."""

    def __init__(self, trips: Trips) -> None:
        self._trips = trips
        self._bytes = b""
        self._has_begun = False

    def feed(self, data: bytes) -> None:
        """Count in the messages that these bytes complete."""
        if not self._has_begun and data == NO_TLS:
            return
        self._has_begun = True
        self._bytes += data
        while len(self._bytes) >= HEAD:
            end = 1 + int.from_bytes(self._bytes[1:HEAD])
            if len(self._bytes) < end:
                return
            self._count(self._bytes[:1], self._bytes[HEAD:end])
            self._bytes = self._bytes[end:]

    def _count(self, kind: bytes, body: bytes) -> None:
        if kind == READY:
            self._trips.round_trips += 1
            self._trips.transactions += body == IDLE


@asynccontextmanager
async def counted(database_url: str, trips: Trips) -> AsyncIterator[str]:
    """Yield an address of the database whose connections are counted."""
    address = urlsplit(database_url)
    relayed: list[asyncio.Task[None]] = []

    async def serve(
        client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        relayed.append(task)
        server, to_server = await asyncio.open_connection(
            address.hostname, address.port
        )
        await asyncio.gather(
            _pass(client, to_server, lambda _: None),
            _pass(server, to_client, Answers(trips).feed),
        )

    port = free_port()
    login = address.netloc.rpartition("@")[0]
    async with await asyncio.start_server(serve, "127.0.0.1", port):
        try:
            yield address._replace(netloc=f"{login}@127.0.0.1:{port}").geturl()
        finally:
            for task in relayed:
                task.cancel()
            await asyncio.gather(*relayed, return_exceptions=True)


async def _pass(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    tell: Callable[[bytes], None],
) -> None:
    try:
        with suppress(OSError):  # one side has gone
            while data := await source.read(PIECE):
                tell(data)
                target.write(data)
                await target.drain()
    finally:
        target.close()


async def measure_trips(stage: Stage, effort: Effort) -> list[Figure]:
    """Let people write by turns, and count until the last callback is answered."""
    web, worker = Trips(), Trips()
    people = max(1, effort.idle_messages // MESSAGES_EACH)
    async with _running(stage, web, worker) as stand_in:
        for user in range(PEOPLE):  # what is asked once is asked then
            await stand_in.converse(new_webhook(user))
        await stand_in.settle()
        before = web.since(Trips()), worker.since(Trips())
        for user in range(PEOPLE, PEOPLE + people):
            for _ in range(MESSAGES_EACH):
                await stand_in.converse(new_webhook(user))
                # Nobody writes again before the answer has reached their phone.
                await stand_in.settle()
    counts = web.since(before[0]), worker.since(before[1])
    return _figures(*counts, people * MESSAGES_EACH)


@asynccontextmanager
async def _running(stage: Stage, web: Trips, worker: Trips) -> AsyncIterator[StandIn]:
    stage.empty()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        webs = await enter(counted(stage.database_url, web))
        workers = await enter(counted(stage.database_url, worker))
        stack.callback(stage.stop)
        # In threads: the relays must run meanwhile.
        port = await asyncio.to_thread(stage.start, "web", DATABASE_URL=webs)
        settings = {**WITHOUT_QUIET, "DATABASE_URL": workers}
        await asyncio.to_thread(stage.start, "worker", **settings)
        stand_in = StandIn(await enter(Lines(port, LINES)))
        await enter(stand_in.serving(stage.stand_in_port))
        yield stand_in


def _figures(web: Trips, worker: Trips, answers: int) -> list[Figure]:
    told = "web {:.1f}, worker {:.1f}; three status callbacks, n = {}"
    counts = {
        "round trips": (web.round_trips, worker.round_trips),
        "transactions": (web.transactions, worker.transactions),
    }
    return [
        Figure(
            f"{name} of an answer, web and worker",
            sum(both) / answers,
            detail=told.format(*(one / answers for one in both), answers),
        )
        for name, both in counts.items()
    ]
