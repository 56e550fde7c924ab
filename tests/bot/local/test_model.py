"""The local model as its own process: its shape and its ends, never its words."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import PromptMessage
from bot.local.model import MODEL_NAME, PREFIX, url_of, wait_until_ready
from tests.bot.local.toy.toys import TOOLS
from tests.house import PATIENCE, eventually
from tests.ports import free_port

ROOT = Path(__file__).parents[3]
KEY = "key-of-the-tests"
WITH_KEY = {**os.environ, "OPENAI_API_KEY": KEY}
FOREIGN = "https://evil.example"
STARTS_ONE_AND_WAITS = """
import subprocess, sys
model = subprocess.Popen([sys.executable, "-m", "bot.local.model", *sys.argv[1:]])
print(model.pid, flush=True)
sys.stdin.read()
"""


@contextmanager
def local_model(port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bot.local.model", "--port", str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=WITH_KEY, stdout=pipe, stderr=pipe, text=True
    ) as model:
        try:
            yield model
        finally:
            model.kill()


def test_it_answers_keeps_quiet_and_ends_in_the_midst_of_an_answer() -> None:
    port = free_port()
    with local_model(port) as model:
        wait_until_ready(url_of(port), timeout=PATIENCE, key=KEY)
        llm = OpenAIChat(
            LLMServer(
                api_key=KEY, base_url=url_of(port), model=MODEL_NAME, max_tokens=8
            )
        )
        answer = llm.complete([PromptMessage("user", "Hello")])
        assert_it_picks_tools_by_words(llm)
        llm.close()
        assert answer.text.strip()
        assert answer.model == MODEL_NAME
        assert answer.tokens.total
        assert_strangers_get_nothing(port)
        with a_long_answer(port):
            model.send_signal(signal.SIGTERM)
            assert model.wait(PATIENCE) == 0
        assert model.communicate() == ("", "")


def assert_it_picks_tools_by_words(llm: OpenAIChat) -> None:
    """It has a call at once, and what is not about a tool is the model's to say."""
    called = llm.complete(
        [PromptMessage("user", "Where is my order 1042?")], PATIENCE, TOOLS
    )
    (call,) = called.tool_calls
    assert (call.name, call.arguments) == ("order_status", '{"number": 1042}')
    talked = llm.complete([PromptMessage("user", "Hello")], PATIENCE, TOOLS)
    assert talked.text.strip()
    assert (talked.model, talked.tool_calls) == (MODEL_NAME, ())


def assert_strangers_get_nothing(port: int) -> None:
    """Neither without the key, nor as a page elsewhere, whatever name leads here."""
    for path in ("/", "/health", "/models", "/slots", "/props", "/v1/models"):
        for prefix in ("", PREFIX):
            answer = as_a_foreign_page("GET", port, prefix + path)
            assert answer.status in {401, 404}
            assert allowed_origin(answer) != FOREIGN
    chat = f"{PREFIX}/v1/chat/completions"
    asked = as_a_foreign_page("OPTIONS", port, chat)
    assert allowed_origin(asked) not in {FOREIGN, "*"}
    assert as_a_foreign_page("POST", port, chat).status == 401
    key = {"Authorization": f"Bearer {KEY}"}
    assert as_a_foreign_page("GET", port, f"{PREFIX}/slots", **key).status == 501


def as_a_foreign_page(
    method: str, port: int, path: str, **headers: str
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        given = {"Host": "evil.example", "Origin": FOREIGN, **headers}
        connection.request(method, path, headers=given)
        answer = connection.getresponse()
        answer.read()
        return answer


def allowed_origin(answer: http.client.HTTPResponse) -> str | None:
    return answer.getheader("Access-Control-Allow-Origin")


def test_it_does_not_start_without_a_key() -> None:
    command = [sys.executable, "-m", "bot.local.model", "--port", "1"]
    bare = {k: v for k, v in WITH_KEY.items() if k != "OPENAI_API_KEY"}
    done = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Set OPENAI_API_KEY" in done.stderr


@contextmanager
def a_long_answer(port: int) -> Iterator[None]:
    """Keep the model at work: a thousand tokens, streamed, of which one was read."""
    body = b'{"messages": [{"role": "user", "content": "Hi"}], "ignore_eos": true,'
    body += b'"max_tokens": 1000, "stream": true}'
    request = urllib.request.Request(f"{url_of(port)}/chat/completions", body)
    request.add_header("Authorization", f"Bearer {KEY}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        answer.readline()
        yield


def test_it_ends_with_its_parent_when_asked_to() -> None:
    port = free_port()
    command = [sys.executable, "-c", STARTS_ONE_AND_WAITS]
    command += ["--die-with-parent", "--port", str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=WITH_KEY, stdin=pipe, stdout=pipe
    ) as parent:
        assert parent.stdout is not None
        model = int(parent.stdout.readline())
        wait_until_ready(url_of(port), timeout=PATIENCE, key=KEY)
        parent.kill()
    try:
        eventually(lambda: port_is_closed(port))
    except AssertionError:
        os.kill(model, signal.SIGKILL)
        raise


def port_is_closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_taken_port_is_told() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        local_model(taken.getsockname()[1]) as model,
    ):
        _, told = model.communicate(timeout=PATIENCE)
    assert model.returncode == 1
    assert "taken" in told
    assert "Traceback" not in told


def test_waiting_for_no_server_ends() -> None:
    with pytest.raises(TimeoutError, match="No LLM answered"):
        wait_until_ready(url_of(free_port()), timeout=0.1)
