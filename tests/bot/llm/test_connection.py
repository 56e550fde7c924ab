"""The road to an LLM's server: who asks, where it leads, and how long it may take."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage
from tests.bot.llm.clients import KEY, client_of
from tests.bot.peer import listening
from tests.house import PATIENCE, eventually
from tests.scripted_llm import Script, ScriptedLLM

SECONDS = 0.4
PATH = "/v1/chat/completions"
HI = [PromptMessage("user", "Hi")]


def test_an_organization_and_a_project_are_named(server: ScriptedLLM) -> None:
    llm = OpenAIChat(
        LLMServer(
            api_key=KEY,
            base_url=server.base_url,
            organization="org-1",
            project="proj_1",
            model="m",
        )
    )
    llm.complete(HI)
    llm.close()
    headers = server.requests[0].headers
    assert headers["OpenAI-Organization"] == "org-1"
    assert headers["OpenAI-Project"] == "proj_1"


def test_who_has_none_names_none(server: ScriptedLLM, llm: OpenAIChat) -> None:
    llm.complete(HI)
    assert not {h for h in server.requests[0].headers if h.startswith("OpenAI-")}


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_on_the_same_server_is_followed(
    server: ScriptedLLM, llm: OpenAIChat, status: int
) -> None:
    server.next(Script(status=status, headers={"Location": PATH}))
    assert llm.complete(HI).text == "You said: Hi"
    assert [request.authorization for request in server.requests] == [
        f"Bearer {KEY}"
    ] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_neither_key_nor_prompt_follows_a_redirect_to_elsewhere(
    server: ScriptedLLM, llm: OpenAIChat, status: int
) -> None:
    with ScriptedLLM() as elsewhere:
        location = {"Location": elsewhere.origin + PATH}
        server.next(Script(status=status, headers=location))
        with pytest.raises(LLMError, match=f"{status}: check OPENAI_BASE_URL"):
            llm.complete(HI)
    assert not elsewhere.requests


def test_redirects_in_a_circle_come_to_an_end(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.always(Script(status=307, headers={"Location": PATH}))
    with pytest.raises(LLMError, match="307: check OPENAI_BASE_URL"):
        llm.complete(HI)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "sent_at_once",
    [
        pytest.param(b"", id="status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", id="header"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", id="body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n", id="chunk"
        ),
    ],
)
def test_a_drip_of_anything_ends_at_the_deadline(sent_at_once: bytes) -> None:
    def drips(connection: socket.socket) -> None:
        connection.sendall(sent_at_once)
        for _ in range(100):
            time.sleep(SECONDS / 10)
            connection.sendall(b"x")

    ended = threading.Event()
    with (
        listening(drips, ended=ended) as peer,
        client_of(f"http://127.0.0.1:{peer.port}/v1") as llm,
    ):
        with pytest.raises(LLMError, match=f"within {SECONDS:g} s"):
            llm.complete(HI, SECONDS)
        assert not ended.is_set(), "the other side had not said all"


def test_two_hundred_ask_at_once_and_none_waits_for_another(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    all_asked = threading.Barrier(201)
    server.always(Script(hang=True))

    def ask(_: int) -> str:
        all_asked.wait(PATIENCE)
        with pytest.raises(LLMError) as caught:
            llm.complete(HI, 60)
        return str(caught.value)

    with ThreadPoolExecutor(200) as callers:
        told = callers.map(ask, range(200))
        all_asked.wait(PATIENCE)
        eventually(lambda: len(server.requests) == 200)
        llm.close()
        assert set(told) == {"The LLM's client was closed meanwhile."}
