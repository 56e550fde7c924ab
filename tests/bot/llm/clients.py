"""The client under test, closed when the test is over."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.llm.openai_chat import OpenAIChat

KEY = "sk-verysecret-0123456789"


@contextmanager
def client_of(base_url: str, timeout: float = 10.0) -> Iterator[OpenAIChat]:
    llm = OpenAIChat(
        KEY, base_url, "asked", temperature=0.3, max_tokens=50, timeout=timeout
    )
    yield llm
    llm.close()
