"""`bot tools servers` and `approve` from the outside, with a small MCP server."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from db.database import Database
from db.tools.pins import ToolPins
from tests.db.sql import change
from tests.mcp_server import Shop

FIND, OTHER = '{"name": "find_order"}', '{"description": "\\u202eall", "name": "x"}'


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    command = Shop(tmp_path).command
    servers = {
        "shop": {**command, "bot": {"tools": {"fly": {"approval": "never"}}}},
        "gone": {"command": "no-such-command-anywhere"},
    }
    file = tmp_path / "mcp.json"
    file.write_text(json.dumps({"mcpServers": servers}))
    return {"DATABASE_URL": database_url, "BOT_MCP": str(file)}


def run(environment: dict[str, str], *words: str, said: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(main, ["tools", *words], said, env=environment)
    return done.exit_code, done.output


def test_servers_tell_what_becomes_of_their_tools(
    environment: dict[str, str], database: Database
) -> None:
    code, told = run(environment, "servers")
    assert code == 1
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert "shop__find_order none always on offer" in lines
    assert "shop__book_table once customer on offer" in lines
    assert any(line.startswith("odd left out: its arguments") for line in lines)
    assert "It has no tool fly, of which BOT_MCP says something." in lines
    assert "The server gone can't be started: there is no such command." in lines
    assert ToolPins(database).look("shop", {}) == set()  # nothing was pinned
    ToolPins(database).look("shop", {"find_order": FIND})
    code, told = run(environment, "servers", "shop")
    assert code == 0
    assert "changed: waits for `bot tools approve`" in told
    assert "secret-of-the-shop" not in told


def test_what_waits_is_shown_and_approved(
    environment: dict[str, str], database: Database
) -> None:
    pins = ToolPins(database)
    assert "Nothing waits for an approval" in run(environment, "approve")[1]
    pins.look("shop", {"find_order": FIND})
    pins.look("shop", {"find_order": OTHER, "new": FIND})
    code, told = run(environment, "approve", "shop", said="n\n")
    assert code == 1
    assert "find_order of shop, changed:" in told
    assert '+  "description": "\ufffdall"' in told  # nothing hides
    assert "Nothing was changed" in told
    code, told = run(environment, "approve", "shop", "new", "--yes")
    assert (code, told.splitlines()[-1]) == (0, "Approved: new of shop")
    assert pins.look("shop", {"find_order": OTHER, "new": FIND}) == {"new"}
    assert "of the server other waits" in run(environment, "approve", "other")[1]


def test_tools_of_servers_are_listed_and_called_like_others(
    environment: dict[str, str], database: Database, tmp_path: Path
) -> None:
    change(
        database, "INSERT INTO users (phone_number) VALUES ('whatsapp:+15551230001')"
    )
    code, told = run(environment, "list")
    assert code == 0, told
    assert "shop__find_order" in told
    words = ("shop__find_order", '{"number": "17"}', "--as", "+15551230001")
    code, told = run(environment, "call", *words)
    assert code == 0, told
    assert told.endswith('find_order: {"number": "17"}\n')
    assert ToolPins(database).known("shop") == {}  # nothing was pinned
