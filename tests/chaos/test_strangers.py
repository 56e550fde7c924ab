"""Strangers come as long as they are let, and say something odd."""

import asyncio
import time
from asyncio import StreamReader, StreamWriter

from tests.chaos.strangers import beset_together


async def listen(
    heard: list[bytes],
    reader: StreamReader,
    writer: StreamWriter,
) -> None:
    try:
        heard.append(await reader.read(10_000))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await reader.read(10_000)
    except ConnectionError:
        pass
    finally:
        writer.close()


async def besieged(seconds: float) -> tuple[int, list[bytes]]:
    heard: list[bytes] = []
    server = await asyncio.start_server(
        lambda reader, writer: listen(heard, reader, writer), "127.0.0.1", 0
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        ends = time.monotonic() + seconds
        return await beset_together(port, 7, 30, ends), heard


def test_they_come_again_and_again_and_say_half_of_it() -> None:
    times, heard = asyncio.run(besieged(0.5))
    assert times >= 30
    assert any(words.startswith(b"GET /healthz HTTP/1.1\r\n") for words in heard)
    begun = [words for words in heard if words.startswith((b"GET /", b"POST /"))]
    assert any(b"\r\n\r\n" not in words for words in begun)
