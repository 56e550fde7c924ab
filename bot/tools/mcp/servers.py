"""Which MCP servers there are, and what the operator says of their tools."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

from bot.tools.protocol import Approval, Effects

# How long a call may take where nothing else is said.
USUAL_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an operator says of one tool; None: what the tool says of itself holds."""

    approval: Approval | None = None
    effects: Effects | None = None
    resource: str | None = None
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    seconds: float | None = None
    asks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServer:
    """One server: a command to start, or an address (`url`) to ask.

    `env` is all that its process gets of ours beside PATH, HOME and the like. Of its
    tools only those of `only` are offered, None: all. `caller` names the arguments that
    the bot fills in by what it knows of whom it talks with, `key` the one that takes
    the call's key. `unread` are the file's words on it that nothing reads.
    """

    name: str
    command: str | None = field(default=None, repr=False)
    args: tuple[str, ...] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | None = field(default=None, repr=False)
    url: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = USUAL_SECONDS
    only: frozenset[str] | None = None
    caller: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    rules: Mapping[str, Rule] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    @property
    def filled(self) -> frozenset[str]:
        """The arguments that are the bot's to give: the LLM never sees them."""
        return frozenset([*self.caller, *([self.key] if self.key else [])])


def is_installed() -> bool:
    """Tell whether the extra `mcp` is there; nothing of it is loaded."""
    return find_spec("mcp") is not None
