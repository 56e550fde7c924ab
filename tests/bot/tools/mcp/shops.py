"""A toolbox of small MCP servers, and calls of their tools, for tests."""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from uuid import UUID, uuid4

from bot.tools.mcp.pins import Pins
from bot.tools.mcp.servers import McpServer
from bot.tools.mcp.toolbox import McpToolbox
from bot.tools.protocol import Caller, ToolFailedError
from tests.house import eventually

ANA = Caller(user_id=uuid4(), address="whatsapp:+15551230001", chat_id="c", name="Ana")
KEY = uuid4()
# Much longer than anything here takes: a loaded machine is slow.
PATIENCE = 30.0


class PinsOfOneRun:
    """Pins without a database: what a server says first is approved."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def known(self, server: str) -> Mapping[str, str]:
        return self._known.get(server, {})

    def look(self, server: str, offered: Mapping[str, str]) -> Set[str]:
        known = self._known.setdefault(server, dict(offered))
        return {tool for tool, told in offered.items() if known.get(tool) == told}


class PinsThatBreak(PinsOfOneRun):
    """Pins in a database that may be away."""

    is_broken = False

    def look(self, server: str, offered: Mapping[str, str]) -> Set[str]:
        if self.is_broken:
            raise ConnectionError("the database is away")
        return super().look(server, offered)


@contextmanager
def toolbox(*servers: McpServer, pins: Pins | None = None) -> Iterator[McpToolbox]:
    box = McpToolbox(servers, pins or PinsOfOneRun(), first_pause=0.05)
    box.start()
    try:
        box.wait(PATIENCE)
        yield box
    finally:
        box.close()


def ask(
    box: McpToolbox,
    tool: str,
    seconds: float = PATIENCE,
    key: UUID = KEY,
    **arguments: object,
) -> str:
    return box.call(tool, arguments, ANA, key, seconds)


def names(box: McpToolbox) -> Sequence[str]:
    return [spec.name for spec in box.offered()]


def again(box: McpToolbox, tool: str, number: str) -> str:
    """Ask until the server is back."""
    return eventually(lambda: _asked(box, tool, number))


def is_refused(box: McpToolbox, tool: str) -> bool:
    """Whether a tool waits for an approval: a list is believed for a second."""
    return "approval" in _refusal(box, tool)


def is_away(box: McpToolbox, tool: str) -> bool:
    """Whether nobody can tell if a tool is approved."""
    return _refusal(box, tool) == "This tool is not to be had now."


def _asked(box: McpToolbox, tool: str, number: str) -> str:
    try:
        return ask(box, tool, number=number)
    except ToolFailedError:
        return ""


def _refusal(box: McpToolbox, tool: str) -> str:
    try:
        ask(box, tool, number="17")
    except ToolFailedError as error:
        return str(error)
    return ""
