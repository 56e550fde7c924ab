"""A scripted server, and a client of it."""

from collections.abc import Iterator

import pytest

from bot.llm.openai_chat import OpenAIChat
from tests.bot.llm.clients import client_of
from tests.scripted_llm import ScriptedLLM


@pytest.fixture
def llm(server: ScriptedLLM) -> Iterator[OpenAIChat]:
    with client_of(server.base_url) as client:
        yield client
