"""What tools of MCP servers said of themselves when an operator last approved them."""

from sqlalchemy import CheckConstraint, Column, Table, Text, text

from db.models.base import metadata, time_column

tool_pins = Table(
    "tool_pins",
    metadata,
    Column(
        "server",
        Text,
        primary_key=True,
        comment="The MCP server, by its name in mcp.json.",
    ),
    Column("tool", Text, primary_key=True, comment="The server's name for its tool."),
    Column(
        "approved",
        Text,
        comment="What it said of itself when it was approved, as JSON; NULL: it never"
        " was.",
    ),
    Column(
        "waiting",
        Text,
        comment="What it says now, if that is something else: it is not called until"
        " `bot tools approve`. Untrusted.",
    ),
    time_column("approved_at", "When it was approved last.", default=False),
    time_column("waiting_since", "Since when it waits.", default=False),
    CheckConstraint(
        text("approved IS NOT NULL OR waiting IS NOT NULL"),
        name="tool_pins_said_check",
    ),
    comment="Tools of MCP servers as they are known; what changes waits for a yes.",
)
