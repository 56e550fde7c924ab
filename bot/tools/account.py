"""Where tools come from: what an operator sets of them."""

from dataclasses import dataclass

from bot.environment import Reader

MODULE = r"[A-Za-z_][\w.]*|[^\x00]*[^/\x00]\.py"
MODULE_HINT = "a module's name, or the path of a Python file that ends in .py"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSources:
    """What tools there are to load; `module` is an operator's own Python."""

    module: str | None = None

    @property
    def are_set(self) -> bool:
        """Whether there are any."""
        return self.module is not None


def read_tools(read: Reader) -> ToolSources:
    """Return what is set; what is wrong is collected by the reader."""
    return ToolSources(module=read.text("BOT_TOOLS", MODULE, MODULE_HINT))
