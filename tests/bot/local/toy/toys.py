"""A toy for tests: the front before a scripted model, and clients of it."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from bot.chat import sentences
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import Completion, PromptMessage, ToolResult
from bot.llm.wire import write_prompt
from bot.local.toy.front import Front
from bot.tools import words
from tests.bot.local.toy.shop import offered
from tests.house import PATIENCE
from tests.scripted_llm import ScriptedLLM

KEY = "key-of-the-tests"
CHAT = "/v1/chat/completions"
WITH_KEY = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
TODAY = sentences.TODAY.format(weekday="Thursday", date="2026-11-26", zone="UTC")
SYSTEM = PromptMessage("system", f"Be kind.\n\n{words.RULES}\n\n{TODAY}")
TOOLS = offered()


@dataclass
class Toy:
    """A front before a server that echoes, and a client of it."""

    model: ScriptedLLM
    front: Front
    client: OpenAIChat

    def ask(self, *said: PromptMessage | ToolResult, tools: bool = True) -> Completion:
        return self.client.complete([SYSTEM, *said], tools=TOOLS if tools else ())

    def hears(self, *said: str, tools: bool = True) -> Completion:
        """Answer a talk in which user and assistant take turns."""
        talk = [
            PromptMessage("assistant" if place % 2 else "user", one)
            for place, one in enumerate(said)
        ]
        return self.ask(*talk, tools=tools)


def a_request(said: str, **more: Any) -> dict[str, Any]:
    """Return a request that offers the tools."""
    asked = write_prompt([PromptMessage("user", said)], TOOLS)
    return {"model": "toy", **asked, **more}


@contextmanager
def connected(toy: Toy) -> Iterator[http.client.HTTPConnection]:
    """Connect to the front."""
    port = toy.front.server_address[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with closing(connection):
        yield connection


def posted(
    connection: http.client.HTTPConnection, asked: bytes | dict[str, Any]
) -> http.client.HTTPResponse:
    """Ask for a completion, with the key."""
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    connection.request("POST", CHAT, body, WITH_KEY)
    return connection.getresponse()
