"""What is right by itself, and hardly meant together, or on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

from bot.settings import Settings
from bot.tools.mcp.servers import McpServer, is_installed

LATE_MEMORY = (
    "MEMORY_QUIET_MINUTES is above SESSION_TIMEOUT_MINUTES: the next chat begins "
    "before the last one is summed up"
)
NO_STORE = (
    "MEDIA_STORE names no folder that is there, or can be made, and written by this "
    "user: nothing that people send can be kept there"
)
NO_MCP = (
    "BOT_MCP is set, and what speaks to MCP servers is not installed: their tools are "
    "not offered until you run `make mcp`"
)
NO_LOOKUPS = (
    "BOT_SQL_TOOLS is set without TOOLS_DATABASE_URL, which leads to the tables that "
    "they read: none of its tools is offered"
)
UNREAD = "BOT_MCP: nothing reads {words} of the server {name}"


JUDGES_ITSELF = (
    "JUDGE_MODEL is OPENAI_MODEL: no model judges itself, and `bot evaluate` refuses it"
)
NOT_COUNTED = (
    "PRICES has no effect with STORAGE_BACKEND=memory: what calls cost is written down "
    "in the database alone, and no budget holds"
)


def find_doubts(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each; no value is told."""
    memory = settings.policy.memory
    if memory.is_on and memory.quiet > settings.session_timeout:
        yield LATE_MEMORY
    if settings.in_memory and settings.money.prices:
        yield NOT_COUNTED
    if settings.judge and settings.llm and settings.judge.model == settings.llm.model:
        yield JUDGES_ITSELF
    folder = settings.media.folder
    if folder is not None and not _may_be_written(folder):
        yield NO_STORE
    servers = settings.tools.servers
    if servers and not is_installed():
        yield NO_MCP
    yield from (_tell_unread(server) for server in servers if server.unread)
    if settings.tools.statements and settings.tools_database_url is None:
        yield NO_LOOKUPS


def _tell_unread(server: McpServer) -> str:
    return UNREAD.format(words=", ".join(server.unread), name=server.name)


def _may_be_written(folder: Path) -> bool:
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
    except OSError:  # a folder that may not be entered, or a name that is too long
        return False
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)
