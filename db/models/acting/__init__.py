"""What the bot does beside talking."""

from db.models.acting.calls import tool_calls

__all__ = ["tool_calls"]
