"""What a tool is, whoever brings it: the operator's Python, SQL, or an MCP server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NewType, Protocol
from uuid import UUID

# What calling a tool twice does. none: nothing, it only reads. keyed: nothing, since it
# keeps the key it is given. once: it may happen twice, so it is never called again.
Effects = Literal["none", "keyed", "once"]
# Who has to allow a call before it is begun.
Approval = Literal["always", "customer", "operator", "never"]
# What names one call, whichever try it is: the same key, the same effect.
CallKey = NewType("CallKey", UUID)
# As LLMs' servers want names to be.
NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"
MOST_SECONDS = 120.0
# Of what a call says, or why it failed: more is not kept.
MOST_RESULT_BYTES = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool as it is offered; `parameters` is a JSON schema of its arguments.

    None of the arguments says who asks: that is the Caller. `resource` names the
    argument whose value is what is acted on (an order, a table), where approval differs
    by it: as `approvals` say for values, with * and ? in them, the first that fits;
    else as `approval` does. `seconds` is what a call may take at most. `asks` is the
    question that a customer allows a call by, with `{argument}` in it; what it leaves
    out is told behind it, and empty one is made of the tool's name. `source` is where
    it is from: `python`, `sql` or `mcp:server`.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    effects: Effects
    approval: Approval = "always"
    resource: str | None = None
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    seconds: float = 10.0
    asks: str = ""
    source: str = "python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """For whom a tool is called: told by the bot, never by the LLM."""

    user_id: UUID
    address: str
    chat_id: str
    name: str | None = None
    language: str | None = None


class ToolFailedError(Exception):
    """The call had no effect, for certain; its text is for the LLM and operators."""


class ToolUnclearError(Exception):
    """Whether the call had its effect is not known: a deadline, a lost connection."""


class Toolbox(Protocol):
    """Tools of one origin; safe to share between threads."""

    def offered(self) -> Sequence[ToolSpec]:
        """Return what can be called now; fast, from what is known, without waiting."""

    def find_spec(self, name: str) -> ToolSpec | None:
        """Return what is known of a tool by its name, offered now or not."""

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        caller: Caller,
        key: UUID,
        seconds: float,
    ) -> str:
        """Call a tool and return what it says, within `seconds`.

        `arguments` passed its schema; `key` is the same for every try of one call.
        Raises ToolFailedError or ToolUnclearError, and nothing else.
        """
