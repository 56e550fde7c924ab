"""The client under test, closed when the test is over."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat

KEY = "sk-verysecret-0123456789"


@contextmanager
def client_of(base_url: str, timeout: float = 10.0) -> Iterator[OpenAIChat]:
    server = LLMServer(
        api_key=KEY,
        base_url=base_url,
        model="asked",
        max_tokens=50,
        timeout_seconds=timeout,
    )
    llm = OpenAIChat(server)
    try:
        yield llm
    finally:
        llm.close()
