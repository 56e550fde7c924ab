'''What the bot may do: tools, their limits, and the ledger that their effects need.

A module of an operator's tools (BOT_TOOLS) imports from here:

    from bot.tools import Caller, tool

    @tool(effects="none")
    def opening_hours(day: Literal["weekday", "weekend"]) -> str:
        """Tell when the shop is open."""
'''

from bot.tools.declaring import tool
from bot.tools.protocol import (
    Caller,
    CallKey,
    ToolFailedError,
    ToolUnclearError,
)

__all__ = ["CallKey", "Caller", "ToolFailedError", "ToolUnclearError", "tool"]
