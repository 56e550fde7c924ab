"""mcp.json as other clients write it, and what is wrong with one."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.environment import Reader
from bot.tools.mcp.account import read_mcp
from bot.tools.mcp.servers import McpServer, Rule
from bot.tools.protocol import Approval

PLANTED = "planted-5ecret"
SHOP = {"command": "uvx", "args": ["shop-server"]}


def read(
    tmp_path: Path, held: object, **environment: str
) -> tuple[tuple[McpServer, ...], str]:
    file = tmp_path / "mcp.json"
    file.write_text(held if isinstance(held, str) else json.dumps(held))
    reader = Reader({"BOT_MCP": str(file), **environment})
    found = read_mcp(reader)
    return found, reader.problems.get("BOT_MCP", "")


def test_who_has_no_file_has_no_servers() -> None:
    reader = Reader({})
    assert read_mcp(reader) == ()
    assert reader.problems == {}


def test_servers_as_several_clients_write_them(tmp_path: Path) -> None:
    held = {
        "mcpServers": {
            "shop": {**SHOP, "env": {"KEY": "${SHOP_KEY}"}, "autoApprove": ["book"]},
            "dates": {
                "type": "http",
                "url": "https://${HOST:-dates.example}/mcp",
                "headers": {"Authorization": "Bearer ${env:TOKEN}"},
            },
            "off": {"disabled": True, "command": "x"},
        }
    }
    (shop, dates), problem = read(tmp_path, held, SHOP_KEY=PLANTED, TOKEN="t")
    assert problem == ""
    assert (shop.command, shop.args) == ("uvx", ("shop-server",))
    assert shop.env == {"KEY": PLANTED}
    assert shop.unread == ("autoApprove",)
    assert dates.url == "https://dates.example/mcp"
    assert dates.headers == {"Authorization": "Bearer t"}
    assert PLANTED not in repr(shop)
    assert "Bearer" not in repr(dates)


def test_what_the_bot_asks_beyond_other_clients(tmp_path: Path) -> None:
    own = {
        "seconds": 5,
        "only": ["book"],
        "caller": {"phone": "address"},
        "key": "request_id",
        "tools": {
            "book": {
                "approval": "operator",
                "resource": "table",
                "approvals": {"bar": "always"},
            }
        },
    }
    (shop,), problem = read(tmp_path, {"servers": {"shop": {**SHOP, "bot": own}}})
    assert problem == ""
    assert shop.only == frozenset({"book"})
    assert shop.filled == {"phone", "request_id"}
    by_table: dict[str, Approval] = {"bar": "always"}
    rule = Rule(approval="operator", resource="table", approvals=by_table)
    assert shop.rules == {"book": rule}
    assert shop.seconds == 5


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ("{", "no JSON"),
        ([], 'no "mcpServers"'),
        ({"mcpServers": {"a b": SHOP}}, "letters, digits"),
        ({"mcpServers": {"shop": SHOP, "Shop": SHOP}}, "alike"),
        ({"mcpServers": {str(f"s{n}"): SHOP for n in range(21)}}, "more than 20"),
        ({"mcpServers": {"shop": PLANTED}}, "no object"),
        ({"mcpServers": {"shop": {}}}, "either"),
        ({"mcpServers": {"shop": {**SHOP, "url": "https://x"}}}, "either"),
        ({"mcpServers": {"shop": {"type": "sse", "url": "https://x"}}}, "not sse"),
        ({"mcpServers": {"shop": {"url": f"ftp://{PLANTED}"}}}, "https://"),
        ({"mcpServers": {"shop": {**SHOP, "args": PLANTED}}}, "list of texts"),
        ({"mcpServers": {"shop": {**SHOP, "env": {"A": 1}}}}, "texts alone"),
        ({"mcpServers": {"shop": {**SHOP, "env": {"A": "${GONE}"}}}}, "not set"),
    ],
)
def test_what_is_wrong_is_said_without_a_value(
    tmp_path: Path, held: object, words: str
) -> None:
    found, problem = read(tmp_path, held)
    assert found == ()
    assert words in problem
    assert PLANTED not in problem


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"approvals": {}}, "knows"),
        ({"tools": {"book": {"approvals": {"bar": "always"}}}}, "resource"),
        ({"tools": {"book": {"resource": "t", "approvals": {"b": 1}}}}, "approvals"),
        ({"seconds": 1000}, "up to 120"),
        ({"seconds": True}, "as a number"),
        ({"caller": {"phone": "password"}}, "caller"),
        ({"tools": {"book": {"approval": "perhaps"}}}, "approval"),
        ({"tools": {"book": []}}, "as an object"),
        ({"key": 1}, "as a text"),
    ],
)
def test_a_rule_that_would_not_hold_is_refused(
    tmp_path: Path, own: Any, words: str
) -> None:
    found, problem = read(tmp_path, {"mcpServers": {"shop": {**SHOP, "bot": own}}})
    assert found == ()
    assert words in problem
