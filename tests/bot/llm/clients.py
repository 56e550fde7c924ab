"""The client under test, closed when the test is over, and a server that refuses."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from tests.scripted_llm import Script, ScriptedLLM

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


def refusal(message: object, status: int = 400, **fields: object) -> Script:
    error = {"message": message, "type": "invalid_request_error", **fields}
    return Script(status=status, body=json.dumps({"error": error}))


def asked(server: ScriptedLLM, number: int = -1) -> dict[str, object]:
    return {k: v for k, v in server.requests[number].body.items() if k != "model"}
