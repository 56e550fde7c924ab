"""One toy for the tests of a module."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from bot.local.toy.front import Front
from tests.bot.local.toy.toys import KEY, Toy
from tests.scripted_llm import ScriptedLLM


@pytest.fixture(scope="module")
def upstream() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as model:
        yield model


@pytest.fixture(scope="module")
def opened(upstream: ScriptedLLM) -> Iterator[Toy]:
    front = Front(0, KEY)
    front.serve_before(upstream.origin)
    port = front.server_address[1]
    client = OpenAIChat(
        LLMServer(api_key=KEY, base_url=f"http://127.0.0.1:{port}/v1", model="toy")
    )
    with closing(client):
        yield Toy(upstream, front, client)
    front.shutdown()
    front.server_close()


@pytest.fixture
def toy(opened: Toy) -> Toy:
    opened.model.reset()
    opened.front.upstream = opened.model.origin
    return opened
