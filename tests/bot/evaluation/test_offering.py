"""Tools are offered as they are known: no server is started, nothing is asked."""

import json
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.tools.mcp.servers import is_installed
from bot.wiring.evaluation.offering import build_specs
from db.database import Database
from db.tools.pins import ToolPins

TOLD = {
    "name": "look",
    "description": "Look something up.",
    "inputSchema": {"type": "object", "properties": {"what": {"type": "string"}}},
    "annotations": {"readOnlyHint": True},
}


@pytest.mark.skipif(not is_installed(), reason="the extra mcp is not installed")
def test_a_servers_tools_are_those_that_were_approved(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    server = {"command": "touch", "args": [str(started)]}
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": {"shop": server}}))
    ToolPins(database).look("shop", {"look": json.dumps(TOLD, sort_keys=True)})
    told = {"DATABASE_URL": database_url, "BOT_MCP": str(tmp_path / "mcp.json")}
    specs = build_specs(Settings.from_env(told), database)
    assert [(spec.name, spec.effects) for spec in specs] == [("shop__look", "none")]
    assert not started.exists()


def test_without_any_tools_none_are_offered(
    database: Database, database_url: str
) -> None:
    assert (
        build_specs(Settings.from_env({"DATABASE_URL": database_url}), database) == []
    )
