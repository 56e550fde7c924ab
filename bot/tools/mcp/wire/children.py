"""Servers that are started here: JSON-RPC, a message a line, over stdin and stdout.

The SDK's own transport keeps a line however long it gets, and lends our stderr.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from bot.tools.mcp.servers import McpServer
from bot.tools.mcp.wire.faults import ServerFault
from bot.tools.mcp.wire.pace import BYTES_AT_ONCE, BYTES_PER_SECOND, Pace

LONGEST_LINE = 1024 * 1024
# From its stdin's end to its own, then to SIGTERM's, before it is killed.
END_SECONDS = 0.5
POLL_SECONDS = 0.01
# Run before the server takes the process over: should the worker be killed, the kernel
# ends the server, which may not notice otherwise. (PR_SET_PDEATHSIG; Linux alone.)
ENDS_WITH_US = """
import ctypes, os, signal, sys
try:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
except (AttributeError, OSError):
    pass
try:
    os.execvp(sys.argv[1], sys.argv[1:])
except OSError:
    sys.exit(127)
"""
NO_COMMAND = 127
Receiving = MemoryObjectReceiveStream[SessionMessage]
Sending = MemoryObjectSendStream[SessionMessage | Exception]


@asynccontextmanager
async def started(server: McpServer, *, shows_errors: bool) -> AsyncIterator[Any]:
    """Yield the streams to a server's process; it ends with the block.

    Raises ServerFault where it can't be started, or ends by itself.
    """
    with anyio.CancelScope(shield=True):  # or a process would be left to itself
        process = await _start(server, None if shows_errors else DEVNULL)
    try:
        read_in, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        write, write_out = anyio.create_memory_object_stream[SessionMessage](0)
        async with read_in, read, write, write_out, anyio.create_task_group() as tasks:
            tasks.start_soon(_read, process, read_in)
            tasks.start_soon(_write, process, write_out)
            yield read, write
            tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process)


async def _start(server: McpServer, errors: int | None) -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", ENDS_WITH_US),
            *(server.command or "", *server.args),
            stdin=PIPE,
            stdout=PIPE,
            stderr=errors,
            env=_environment(server.env),
            cwd=server.cwd,
            start_new_session=True,
            limit=LONGEST_LINE,
        )
    except (OSError, ValueError) as error:
        raise ServerFault(f"can't be started ({type(error).__name__})") from None


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return what a server may know: its own variables, and none of our secrets."""
    return {**get_default_environment(), **own}


async def _read(process: Process, read_in: Sending) -> None:
    pace = Pace(BYTES_AT_ONCE, BYTES_PER_SECOND)
    while line := await _line(process):
        if seconds := pace.take(len(line)):
            await anyio.sleep(seconds)
        # What is no message is something that it prints beside them.
        with suppress(ValueError):
            message = jsonrpc_message_adapter.validate_json(line, by_name=False)
            await read_in.send(SessionMessage(message))
    await _poll(process, END_SECONDS)
    if process.returncode == NO_COMMAND:
        raise ServerFault("can't be started: there is no such command")
    raise ServerFault("ended by itself")


async def _line(process: Process) -> bytes:
    assert process.stdout is not None  # noqa: S101  (it was asked for)
    try:
        return await process.stdout.readline()
    except ValueError:
        raise ServerFault(f"wrote a line above {LONGEST_LINE} bytes") from None


async def _write(process: Process, write_out: Receiving) -> None:
    assert process.stdin is not None  # noqa: S101  (it was asked for)
    async for sent in write_out:
        text = sent.message.model_dump_json(by_alias=True, exclude_unset=True)
        try:
            process.stdin.write(text.encode() + b"\n")
            await process.stdin.drain()
        except OSError:  # gone: whoever reads tells so
            return


async def _end(process: Process) -> None:
    """End a server and all that it started in its group, within a second or so."""
    if process.stdin is not None:
        process.stdin.close()
    for number in (signal.SIGTERM, signal.SIGKILL):
        await _poll(process, END_SECONDS)
        with suppress(OSError):
            os.killpg(process.pid, number)
    await _poll(process, END_SECONDS)
    # What left the group may hold the pipes; nothing public lets go of them.
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()


async def _poll(process: Process, seconds: float) -> None:
    """Wait for the end of a process; wait() would wait for its pipes as well."""
    with anyio.move_on_after(seconds):
        while process.returncode is None:
            await anyio.sleep(POLL_SECONDS)
