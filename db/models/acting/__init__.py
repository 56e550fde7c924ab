"""What the bot does beside talking."""

from db.models.acting.calls import tool_calls
from db.models.acting.pins import tool_pins
from db.models.acting.scheduled import scheduled_messages

__all__ = ["scheduled_messages", "tool_calls", "tool_pins"]
