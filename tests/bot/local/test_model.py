"""The local model as its own process: its shape and its ends, never its words."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.llm.openai_chat import LLMServer, OpenAIChat
from bot.llm.protocol import PromptMessage
from bot.local.model import MODEL_NAME, wait_until_ready

ROOT = Path(__file__).parents[3]
STARTS_ONE_AND_WAITS = """
import subprocess, sys
model = subprocess.Popen([sys.executable, "-m", "bot.local.model", *sys.argv[1:]])
print(model.pid, flush=True)
sys.stdin.read()
"""


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def base_url(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1"


@contextmanager
def local_model(port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bot.local.model", "--port", str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True
    ) as model:
        try:
            yield model
        finally:
            model.kill()


def test_it_answers_keeps_quiet_and_ends_in_the_midst_of_an_answer() -> None:
    port = a_free_port()
    with local_model(port) as model:
        wait_until_ready(base_url(port), timeout=30)
        llm = OpenAIChat(
            LLMServer(
                api_key="", base_url=base_url(port), model=MODEL_NAME, max_tokens=8
            )
        )
        answer = llm.complete([PromptMessage("user", "Hello")])
        llm.close()
        assert answer.text.strip()
        assert answer.model == MODEL_NAME
        assert answer.tokens.total
        page = f"http://127.0.0.1:{port}/"
        with pytest.raises(urllib.error.HTTPError, match="404") as no_web_page:
            urllib.request.urlopen(page)
        no_web_page.value.close()
        with a_long_answer(port):
            model.send_signal(signal.SIGTERM)
            assert model.wait(5) == 0
        assert model.communicate() == ("", "")


@contextmanager
def a_long_answer(port: int) -> Iterator[None]:
    """Keep the model at work: a thousand tokens, streamed, of which one was read."""
    body = b'{"messages": [{"role": "user", "content": "Hi"}], "ignore_eos": true,'
    body += b'"max_tokens": 1000, "stream": true}'
    request = urllib.request.Request(f"{base_url(port)}/chat/completions", body)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.readline()
        yield


def test_it_ends_with_its_parent_when_asked_to() -> None:
    port = a_free_port()
    command = [sys.executable, "-c", STARTS_ONE_AND_WAITS]
    command += ["--die-with-parent", "--port", str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as parent:
        assert parent.stdout is not None
        model = int(parent.stdout.readline())
        wait_until_ready(base_url(port), timeout=30)
        parent.kill()
    try:
        assert any(port_is_closed(port) for _ in range(100))
    except AssertionError:
        os.kill(model, signal.SIGKILL)
        raise


def port_is_closed(port: int) -> bool:
    threading.Event().wait(0.05)
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_taken_port_is_told() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        local_model(taken.getsockname()[1]) as model,
    ):
        _, told = model.communicate(timeout=30)
    assert model.returncode == 1
    assert "taken" in told
    assert "Traceback" not in told


def test_waiting_for_no_server_ends() -> None:
    with pytest.raises(TimeoutError, match="No LLM answered"):
        wait_until_ready(base_url(a_free_port()), timeout=0.1)
