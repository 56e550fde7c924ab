"""A small MCP server that does as it is told, over stdio or HTTP, without an SDK.

    shop = Shop(tmp_path)
    shop.behave(find_order="hang")      # from now on; the process reads it each time
    McpServer(name="shop", **shop.command)
    ...
    assert shop.calls == [("find_order", {"number": "17"})]

What a tool may do: `say` (its name and arguments), `hang`, `die` (when asked, after it
noted the call), `flood` (messages without an end), `long` (a line without an end),
`fail`, `refuse`, `odd` (a result of another shape), `env` (the names of variables that
it has). The server as a whole: `list` as
`hang`, and `changed` tools.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.listening import Request, Response

NUMBER = {"type": "object", "properties": {"number": {"type": "string"}}}
TOOLS: list[dict[str, Any]] = [
    {
        "name": "find_order",
        "description": "Tell where an order is.",
        "inputSchema": {**NUMBER, "required": ["number"]},
        "annotations": {"readOnlyHint": True},
    },
    {
        "name": "move_order",
        "description": "Change the date.",
        "inputSchema": NUMBER,
        "annotations": {"idempotentHint": True},
    },
    {
        "name": "book.table",
        "description": "Book\u202e a table.",
        "inputSchema": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ("day", "phone", "id")},
            "required": ["day", "phone", "id"],
        },
    },
    {
        "name": "odd",
        "description": "No object.",
        "inputSchema": {"type": "object", "anyOf": [{}]},
    },
]
NOISE = {
    "jsonrpc": "2.0",
    "method": "notifications/message",
    "params": {"level": "info", "data": "…"},
}
Message = Mapping[str, Any]
ROOT = Path(__file__).parents[1]


class Shop:
    """The server's folder: how it is to behave, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._state, self._log = folder / "state.json", folder / "calls"
        self._greetings = folder / "greetings"

    @property
    def command(self) -> dict[str, Any]:
        """How a client starts it."""
        args = ("-S", "-m", "tests.mcp_server", str(self._state.parent))
        env = {"PYTHONPATH": str(ROOT), "OF_THE_SHOP": "secret-of-the-shop"}
        return {"command": sys.executable, "args": args, "env": env}

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """What it was asked, in order."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    @property
    def greeted(self) -> int:
        """How often somebody began to speak with it."""
        return len(self._greetings.read_text().splitlines())

    def behave(self, **how: object) -> None:
        """Say how it behaves from now on."""
        draft = self._state.with_suffix(".draft")
        draft.write_text(json.dumps(how))
        draft.replace(self._state)

    def answer(self, asked: Message) -> Message | None:
        """Return the answer to a message; None: it gets none."""
        if "id" not in asked:
            return None
        method, params = asked["method"], asked.get("params", {})
        answers: dict[str, Callable[[Message], Message | None]] = {
            "initialize": self._greet,
            "tools/list": self._list,
            "tools/call": self._call,
        }
        if method not in answers:
            return _told(asked, error={"code": -32601, "message": "Unknown"})
        found = answers[method](params)
        return None if found is None else _told(asked, **found)

    def serve_http(self, request: Request) -> Response:
        """Answer as a server at an address does."""
        if request.method != "POST":
            return Response(405, "")
        asked = json.loads(request.body)
        told = self.answer(asked)
        if told is None:
            if "id" in asked:
                time.sleep(self._how.get("seconds", 1))
            return Response(202, "")
        return Response(200, told)

    @property
    def _how(self) -> dict[str, Any]:
        return json.loads(self._state.read_text()) if self._state.exists() else {}

    def _greet(self, _params: Message) -> Message:
        with self._greetings.open("a") as greetings:
            greetings.write("hello\n")
        return {"result": GREETING}

    def _list(self, _params: Message) -> Message | None:
        if self._how.get("list") == "hang":
            return None
        tools = [dict(tool) for tool in TOOLS]
        for change in self._how.get("changed", []):
            tools[0] = {**tools[0], **change}
        tools += self._how.get("more", [])
        return {"result": {"tools": tools}}

    def _call(self, params: Message) -> Message | None:
        name, given = params["name"], params.get("arguments", {})
        with self._log.open("a") as log:
            log.write(json.dumps([name, given]) + "\n")
        how = self._how.get(name, "say")
        if how == "hang":
            return None
        if how == "die":
            os._exit(1)
        if how in {"flood", "long"}:
            _flood(how)
        text = (
            " ".join(os.environ) if how == "env" else json.dumps(given, sort_keys=True)
        )
        return _result(how, f"{name}: {text}")


GREETING = {
    "protocolVersion": "2025-06-18",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "shop", "version": "1"},
}


def _result(how: str, text: str) -> Message:
    if how == "refuse":
        return {"error": {"code": -32602, "message": "no such day"}}
    if how == "odd":
        return {"result": {"contents": 17}}
    said = [{"type": "text", "text": text}]
    return {"result": {"content": said, "isError": how == "fail"}}


def _flood(how: str) -> None:
    noise = json.dumps(NOISE) + "\n" if how == "flood" else "x" * 1000
    while True:
        sys.stdout.write(noise)
        sys.stdout.flush()


def _told(asked: Message, **answer: Any) -> Message:
    return {"jsonrpc": "2.0", "id": asked["id"], **answer}


def main() -> None:
    shop = Shop(Path(sys.argv[1]))
    print("The shop is open.", flush=True)  # no message: some servers greet like this
    for line in sys.stdin:
        told = shop.answer(json.loads(line))
        if told is not None:
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
