"""Strangers beset a web: they say half of what they mean, and leave at odd times.

python -m tests.chaos.strangers --port N --seed N
"""

import argparse
import asyncio
import socket
import struct
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

from tests.bot.whatsapp.twilio_calls import text_form
from tests.chaos.schedule import dice_for
from tests.hostile.raw_http import build, post

STRANGERS = 60  # at a time
MOST_SECONDS = 600.0
# What a request has to arrive is 5 s, an answer to be read 2 s: around these.
LATE = (4.8, 6.2)
DEAF = (1.8, 3.2)
WHOLE = (
    build("GET", "/healthz", closes=False),
    post(text_form(), signature="forged", closes=False),
)
ENDLESS = post(text_form(), headers=[("Transfer-Encoding", "chunked")], body=b"5\r\nBo")
AWAY_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: no goodbye, and nothing is read
Way = Callable[["Stranger"], Awaitable[None]]


class Stranger:
    """Somebody on one connection."""

    def __init__(self, reader: StreamReader, writer: StreamWriter, dice: Random):
        self._reader, self._writer, self._dice = reader, writer, dice

    def say(self, words: bytes) -> None:
        self._writer.write(words)

    def a_request(self) -> bytes:
        return self._dice.choice(WHOLE)

    async def wait(self, least: float, most: float) -> None:
        await asyncio.sleep(self._dice.uniform(least, most))

    async def read(self) -> None:
        await self._reader.read(4096)

    def leave(self) -> None:
        """Leave without a word; one time in two nobody reads what was said either."""
        if self._dice.random() < 0.5:
            line = self._writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AWAY_AT_ONCE)
        self._writer.transport.abort()

    async def ask_and_go(self) -> None:
        for _ in range(self._dice.randint(1, 5)):
            self.say(self.a_request())
        await self.wait(0, 0.01)

    async def ask_and_read(self) -> None:
        for _ in range(self._dice.randint(1, 8)):
            self.say(self.a_request())
            await self.read()

    async def ask_by_drips(self) -> None:
        words = self.a_request()
        for start in range(0, len(words), 60):
            self.say(words[start : start + 60])
            await self.wait(0, 0.4)
        await self.read()

    async def break_off(self) -> None:
        words = self.a_request()
        half = self._dice.randrange(1, len(words))
        self.say(words[:half])
        await self.wait(*LATE)
        if self._dice.random() < 0.5:
            self.say(words[half:])
            await self.read()

    async def say_that_it_ends(self) -> None:
        words = self.a_request()
        self.say(words[: self._dice.randrange(1, len(words) + 1)])
        self._writer.write_eof()
        await self.read()

    async def never_read(self) -> None:
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(self._dice.randint(20, 100)):
            self.say(self.a_request())
        await self.wait(*DEAF)

    async def send_without_end(self) -> None:
        self.say(ENDLESS)
        await self.wait(0, 3)

    async def stammer(self) -> None:
        self.say(self._dice.randbytes(self._dice.randint(1, 3000)) + b"\r\n\r\n")
        await self.read()

    async def keep_silent(self) -> None:
        await self.wait(0, 4)


WAYS: tuple[Way, ...] = (
    Stranger.ask_and_go,
    Stranger.ask_and_read,
    Stranger.ask_by_drips,
    *(Stranger.break_off,) * 4,
    Stranger.say_that_it_ends,
    *(Stranger.never_read,) * 2,
    Stranger.send_without_end,
    Stranger.stammer,
    Stranger.keep_silent,
)


async def beset(port: int, dice: Random, ends: float) -> int:
    """Come again and again until the monotonic clock says `ends`; return how often."""
    times = 0
    while time.monotonic() < ends:
        with suppress(OSError, EOFError, TimeoutError):
            async with asyncio.timeout(10):
                stranger = Stranger(*await _connect(port), dice)
                times += 1
                try:
                    await dice.choice(WAYS)(stranger)
                finally:
                    stranger.leave()
        await asyncio.sleep(0.01)  # where nobody listens
    return times


async def _connect(port: int) -> tuple[StreamReader, StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def beset_together(port: int, seed: int, strangers: int, ends: float) -> int:
    """The same by many at a time."""
    dice = dice_for(seed, "strangers")
    return sum(
        await asyncio.gather(*(beset(port, dice, ends) for _ in range(strangers)))
    )


def main() -> None:
    """Beset the port until SIGTERM, for ten minutes at most."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    for name in ("--port", "--seed"):
        parser.add_argument(name, type=int, required=True)
    given = parser.parse_args()
    ends = time.monotonic() + MOST_SECONDS
    asyncio.run(beset_together(given.port, given.seed, STRANGERS, ends))


if __name__ == "__main__":
    main()
