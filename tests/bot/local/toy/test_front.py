"""The front over HTTP: what is not for it goes through, strangers get nothing."""

import json
import socket
from typing import Any

import pytest

from tests.bot.local.toy.toys import (
    CHAT,
    KEY,
    WITH_KEY,
    Toy,
    a_request,
    connected,
    posted,
)
from tests.house import PATIENCE
from tests.ports import free_port
from tests.scripted_llm import Script


def test_without_tools_bytes_go_through_as_they_are(toy: Toy) -> None:
    body = b'{"model":"toy",  "messages":[{"role":"user","content":"my tables"}]}'
    with connected(toy) as connection:
        answer = posted(connection, body)
        assert json.load(answer)["choices"][0]["message"]["content"] == (
            "You said: my tables"
        )
        (request,) = toy.model.requests
        assert request.headers["Content-Length"] == str(len(body))
        assert request.authorization == f"Bearer {KEY}"
        connection.request("GET", "/v1/models", headers=WITH_KEY)
        assert json.load(connection.getresponse())["data"]


def test_an_answer_is_passed_on_piece_by_piece(toy: Toy) -> None:
    toy.model.always(Script(text="slow", drip=0.002))
    body = a_request("Hello", stream=True)
    with connected(toy) as connection:
        answer = posted(connection, body)
        pieces = []
        while piece := answer.read1(1000):
            pieces.append(piece)
    assert len(pieces) > 10
    assert b"slow" in b"".join(pieces)


def test_a_call_is_streamed_to_who_wants_a_stream(toy: Toy) -> None:
    body = a_request("Where is my order 1042?", stream=True)
    with connected(toy) as connection:
        answer = posted(connection, body)
        assert answer.getheader("Content-Type") == "text/event-stream"
        lines = [line for line in answer.read().decode().split("\n\n") if line]
    first, last = (json.loads(line.removeprefix("data: ")) for line in lines[:2])
    (call,) = first["choices"][0]["delta"]["tool_calls"]
    assert (call["index"], call["function"]["name"]) == (0, "order_status")
    assert last["choices"][0]["finish_reason"] == "tool_calls"
    assert lines[2:] == ["data: [DONE]"]


def test_who_forbids_calls_or_names_another_tool_gets_none(toy: Toy) -> None:
    for choice in ("none", {"type": "function", "function": {"name": "my_tables"}}):
        asked = a_request("Where is my order 1042?", tool_choice=choice)
        with connected(toy) as connection:
            told = json.load(posted(connection, asked))
        assert "tool_calls" not in told["choices"][0]["message"]


def test_who_leaves_ends_what_the_model_does(toy: Toy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as model:
        model.settimeout(PATIENCE)
        toy.front.upstream = f"http://127.0.0.1:{model.getsockname()[1]}"
        with connected(toy) as connection:
            connection.request("POST", CHAT, json.dumps(a_request("Hi")), WITH_KEY)
            asked, _ = model.accept()
        with asked:
            asked.settimeout(PATIENCE)
            while asked.recv(65_536):  # until the front hangs up, unanswered
                pass


def test_strangers_and_floods_are_refused(toy: Toy) -> None:
    asked = json.dumps(a_request("Hello")).encode()
    for headers in ({}, {"Authorization": "Bearer other"}, {"Host": "evil.example"}):
        with connected(toy) as connection:
            connection.request("POST", CHAT, asked, headers)
            assert connection.getresponse().status == 401
    with connected(toy) as connection:
        connection.request("POST", CHAT, b"", {**WITH_KEY, "Content-Length": "9999999"})
        assert connection.getresponse().status == 413
    assert not toy.model.requests


def test_a_model_that_is_away_is_told(toy: Toy) -> None:
    toy.front.upstream = f"http://127.0.0.1:{free_port()}"
    with connected(toy) as connection:
        assert posted(connection, a_request("Hello")).status == 502


@pytest.mark.parametrize(
    "asked",
    [
        {"messages": [None, 3], "tools": ["x", {"function": {"name": "a"}}]},
        {"messages": [{"role": "user", "content": 3}], "tools": {"a": 1}},
        {"messages": [{"role": "user", "content": "a"}], "tools": [{"function": {
            "name": "a", "parameters": {"properties": {"a": 1, "b": {"type": ["null"],
            "anyOf": 3, "enum": [{}]}}, "required": 4}}}]},
        {"messages": [{"role": "tool"}], "tools": [1]},
    ],
    ids=["no messages", "no tools", "odd schema", "no result"],
)  # fmt: skip
def test_odd_requests_break_nothing(toy: Toy, asked: dict[str, Any]) -> None:
    with connected(toy) as connection:
        answer = posted(connection, asked)
        assert answer.status in {200, 400}
