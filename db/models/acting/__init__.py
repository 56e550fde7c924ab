"""What the bot does beside talking."""

from db.models.acting.calls import tool_calls
from db.models.acting.pins import tool_pins

__all__ = ["tool_calls", "tool_pins"]
