"""Which tools of MCP servers an operator knows, and as what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.database import Connection, Database

# Of two workers that see a new server at once, one has its first word.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('tool_pins ' || %(server)s, 0))"
OF_A_SERVER = """
SELECT server, tool, approved, waiting, waiting_since FROM tool_pins
WHERE server = %(server)s ORDER BY tool
"""
ALL = """
SELECT server, tool, approved, waiting, waiting_since FROM tool_pins
ORDER BY server, tool
"""
FIRST = """
INSERT INTO tool_pins (server, tool, approved, approved_at)
SELECT %(server)s, tool, definition, now()
FROM unnest(%(tools)s::text[], %(definitions)s::text[]) AS offered (tool, definition)
"""
# What is offered as it was approved waits no more; what was never approved and is gone
# leaves nothing, so that a server can't fill the table by ever new names.
FORGET = """
DELETE FROM tool_pins
WHERE server = %(server)s AND approved IS NULL AND tool <> ALL (%(tools)s::text[])
"""
SETTLE = """
UPDATE tool_pins SET waiting = NULL, waiting_since = NULL
FROM unnest(%(tools)s::text[], %(definitions)s::text[]) AS offered (name, definition)
WHERE server = %(server)s AND tool = name AND approved = definition
  AND waiting IS NOT NULL
"""
WAIT = """
INSERT INTO tool_pins AS pin (server, tool, waiting, waiting_since)
SELECT %(server)s, tool, definition, now()
FROM unnest(%(tools)s::text[], %(definitions)s::text[]) AS offered (tool, definition)
ON CONFLICT (server, tool) DO UPDATE
SET waiting = EXCLUDED.waiting, waiting_since = EXCLUDED.waiting_since
WHERE pin.approved IS DISTINCT FROM EXCLUDED.waiting
  AND pin.waiting IS DISTINCT FROM EXCLUDED.waiting
"""
APPROVE = """
UPDATE tool_pins
SET approved = waiting, approved_at = now(), waiting = NULL, waiting_since = NULL
WHERE server = %(server)s AND tool = %(tool)s AND waiting = %(shown)s
"""


@dataclass(frozen=True, slots=True)
class Pin:
    """One tool: what it said of itself when it was approved, and what it says now.

    Both are JSON, and untrusted. `waiting` is None where nothing waits, `approved`
    where it is new.
    """

    server: str
    tool: str
    approved: str | None
    waiting: str | None
    waiting_since: datetime | None


class ToolPins:
    """Pins of all servers, in the database; every worker sees the same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, server: str) -> dict[str, str]:
        """Return what its tools said of themselves when they were approved."""
        pins = self._database.read(Pin, OF_A_SERVER, {"server": server})
        return {pin.tool: pin.approved for pin in pins if pin.approved is not None}

    def look(self, server: str, offered: Mapping[str, str]) -> set[str]:
        """Return which of the tools on offer are approved as they are.

        `offered` are definitions by the tools' names. The first ones of a server are
        approved; what is new or another later is kept, and waits.
        """
        pins = self._database.read(Pin, OF_A_SERVER, {"server": server})
        if not _is_known(pins, offered):
            pins = self._keep(server, offered)
        return {
            pin.tool
            for pin in pins
            if pin.approved is not None and offered.get(pin.tool) == pin.approved
        }

    def _keep(self, server: str, offered: Mapping[str, str]) -> list[Pin]:
        given = {
            "server": server,
            "tools": list(offered),
            "definitions": list(offered.values()),
        }
        with self._database.transaction() as connection:
            connection.scalar(ALONE, given)
            is_first = not connection.read(Pin, OF_A_SERVER, given)
            for statement in (FIRST,) if is_first else (FORGET, SETTLE, WAIT):
                connection.count(statement, given)
            return connection.read(Pin, OF_A_SERVER, given)


def read_pins(connection: Connection) -> list[Pin]:
    """Return all pins, server by server."""
    return connection.read(Pin, ALL)


def approve(connection: Connection, pins: Sequence[Pin]) -> list[Pin]:
    """Approve what waits as it was shown; return those that could be.

    One that changed again since it was read still waits.
    """
    return [
        pin
        for pin in pins
        if connection.count(
            APPROVE, {"server": pin.server, "tool": pin.tool, "shown": pin.waiting}
        )
    ]


def _is_known(pins: Sequence[Pin], offered: Mapping[str, str]) -> bool:
    """Tell whether the pins say all of the offer already, as they mostly do."""
    waiting = {pin.tool: pin.waiting for pin in pins}
    approved = {pin.tool: pin.approved for pin in pins}
    new = {tool for tool in waiting if approved[tool] is None}
    return new <= offered.keys() and all(
        waiting.get(tool, "") is None
        if approved.get(tool) == told
        else waiting.get(tool) == told
        for tool, told in offered.items()
    )
