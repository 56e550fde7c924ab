"""The scripted LLM as its own process, told over HTTP what to do."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.local.model import wait_until_ready
from tests.house import PATIENCE
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
HI = {"model": "any", "messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "tests.scripted_llm", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT) as server:
        wait_until_ready(f"http://127.0.0.1:{port}/v1", timeout=PATIENCE)
        yield f"http://127.0.0.1:{port}"
        server.terminate()
    assert server.returncode == 0


def send(method: str, url: str, body: object = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def ask(origin: str, body: object = HI) -> Any:
    answer = send("POST", f"{origin}/v1/chat/completions", body)
    return answer["choices"][0]["message"]["content"] if answer != 400 else 400


def test_it_does_as_the_script_says_and_remembers_what_it_was_asked(
    origin: str,
) -> None:
    send("PUT", f"{origin}/script", {"next": [{"text": "One"}, {"text": "Two"}]})
    assert [ask(origin), ask(origin), ask(origin)] == ["One", "Two", "You said: Hi"]
    assert send("GET", f"{origin}/requests") == {"requests": [HI, HI, HI]}
    send("PUT", f"{origin}/script", {"always": {"text": "Always"}})
    assert [ask(origin), ask(origin)] == ["Always", "Always"]
    assert len(send("GET", f"{origin}/requests")["requests"]) == 2


def test_it_refuses_what_a_strict_server_refuses(origin: str) -> None:
    message = {"role": "user", "content": "Hi", "timestamp": "2026-11-22T09:00:00Z"}
    assert ask(origin, {"model": "any", "messages": [message]}) == 400
    assert ask(origin, {"model": "any", "messages": []}) == 400
    assert ask(origin, {"messages": HI["messages"]}) == 400
    result = {"role": "tool", "content": "Lima", "tool_call_id": "never asked for"}
    assert ask(origin, {"model": "any", "messages": [*HI["messages"], result]}) == 400
    assert ask(origin, {**HI, "tools": []}) == 400
