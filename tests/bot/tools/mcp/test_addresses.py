"""MCP servers at an address: ours of the tests, and one of the SDK's own making."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from mcp.server import MCPServer
from mcp_types import ToolAnnotations

from bot.tools.mcp.servers import McpServer
from bot.tools.protocol import ToolFailedError, ToolUnclearError
from tests.bot.tools.mcp.shops import ask, toolbox
from tests.house import eventually
from tests.listening import Request, Response, answering
from tests.mcp_server import Shop

FIND = "shop__find_order"
Answer = Callable[[Request], Response]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_tools_at_an_address_are_called_with_the_headers_of_the_file(
    shop: Shop,
) -> None:
    seen: list[str | None] = []

    def answer(request: Request) -> Response:
        seen.append(request.headers.get("Authorization"))
        return shop.serve_http(request)

    with answering(answer) as url:
        server = McpServer(name="shop", url=url, headers={"Authorization": "Bearer x"})
        with toolbox(server) as box:
            assert ask(box, FIND, number="17") == 'find_order: {"number": "17"}'
            shop.behave(find_order="hang", seconds=0.5)
            with pytest.raises(ToolUnclearError):
                ask(box, FIND, seconds=0.3, number="17")
    assert set(seen) == {"Bearer x"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _: Response(401, "secret-of-theirs"), id="no log-in"),
        pytest.param(lambda _: Response(200, {"x": "y" * 2_000_000}), id="too much"),
        pytest.param(
            lambda _: Response(200, b"\x1f\x8b", {"Content-Encoding": "gzip"}),
            id="packed",
        ),
    ],
)
def test_what_a_server_sends_instead_harms_nobody(
    answer: Answer, capfd: pytest.CaptureFixture[str]
) -> None:
    with answering(answer) as url, toolbox(McpServer(name="shop", url=url)) as box:
        with pytest.raises(ToolFailedError):
            ask(box, FIND)
        assert box.offered() == []
    told = capfd.readouterr().err
    assert "the MCP server shop" in told
    assert "secret" not in told
    assert "http://" not in told


@contextmanager
def serving(server: MCPServer) -> Iterator[str]:
    app = server.streamable_http_app()
    served = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    try:
        eventually(lambda: served.started)
        port = served.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        served.should_exit = True
        thread.join()


def test_a_server_of_the_sdk_is_understood() -> None:
    server = MCPServer("shop", log_level="CRITICAL")

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def find_order(number: int) -> dict[str, str]:
        """Tell where an order is."""
        if number == 404:
            raise ValueError("there is no such order")
        return {"state": "baked"}

    with serving(server) as url, toolbox(McpServer(name="shop", url=url)) as box:
        assert [(s.name, s.effects) for s in box.offered()] == [(FIND, "none")]
        assert "baked" in ask(box, FIND, number=17)
        with pytest.raises(ToolFailedError, match="find_order"):
            ask(box, FIND, number=404)
