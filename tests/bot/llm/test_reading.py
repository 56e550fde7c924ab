"""Every shape in which servers answer: read where it can be read, else named."""

import json
from typing import Any

import pytest

from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage
from tests.bot.llm.clients import KEY
from tests.scripted_llm import Script, ScriptedLLM

HI = [PromptMessage("user", "My PIN is 4711, hi")]
THINKING = {"type": "thinking", "thinking": [{"type": "text", "text": "They greet."}]}
EVENTS = """: keep-alive

data: {"model": "m", "choices": [{"index": 0, "delta": {"role": "assistant"}}]}

data: {"choices": [{"index": 0, "delta": {"reasoning_content": "They greet."}}]}

data: {"choices": [{"index": 0, "delta": {"content": "Hel"}}]}

data: {"choices": [{"delta": {"content": "lo"}, "finish_reason": "length"}]}

data: {"choices": [], "usage": {"total_tokens": 7}}

data: [DONE]
"""


def answer_of(message: object, **choice: object) -> Script:
    return Script(body=json.dumps({"choices": [{"message": message, **choice}]}))


def failure_of(llm: OpenAIChat) -> LLMError:
    with pytest.raises(LLMError) as caught:
        llm.complete(HI)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        [THINKING, {"type": "text", "text": "Hello"}],
        [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}],
        [{"type": "output_text", "text": "Hello"}],
        [{"type": "text", "text": {"value": "Hello"}}],
        [{"type": "refusal", "refusal": "Hello"}],
        ["Hello"],
        {"type": "text", "text": "Hello"},
        [{"type": ["text"], "text": "Hello"}],
        "Hello",
    ],
)
def test_a_content_of_any_shape_is_read(
    server: ScriptedLLM, llm: OpenAIChat, content: object
) -> None:
    server.next(answer_of({"role": "assistant", "content": content}))
    assert llm.complete(HI).text == "Hello"


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "thinking"])
def test_reasoning_in_a_field_of_its_own_is_not_shown(
    server: ScriptedLLM, llm: OpenAIChat, name: str
) -> None:
    server.next(
        answer_of({"content": "Hello", name: "They greet."}),
        answer_of({"content": None, name: "They greet."}),
    )
    assert llm.complete(HI).text == "Hello"
    assert "empty" in str(failure_of(llm))


def test_a_refusals_words_are_the_answer(server: ScriptedLLM, llm: OpenAIChat) -> None:
    server.next(answer_of({"content": None, "refusal": "I can't help with that."}))
    assert llm.complete(HI).text == "I can't help with that."


def test_json_is_read_whatever_it_is_labelled_as(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    body = '\ufeff{"choices": [{"message": {"content": "Hello"}}]}'
    for label in ("text/plain", "text/html; charset=utf-8", "application/octet-stream"):
        server.next(Script(body=body, content_type=label))
        assert llm.complete(HI).text == "Hello"


def test_an_old_completion_is_read(server: ScriptedLLM, llm: OpenAIChat) -> None:
    server.next(Script(body='{"choices": [{"text": "Hello"}]}'))
    assert llm.complete(HI).text == "Hello"


@pytest.mark.parametrize("label", ["text/event-stream", "application/json"])
def test_an_event_stream_that_nobody_asked_for_is_read(
    server: ScriptedLLM, llm: OpenAIChat, label: str
) -> None:
    server.next(Script(body=EVENTS, content_type=label))
    answer = llm.complete(HI)
    assert (answer.text, answer.model, answer.finish_reason) == ("Hello", "m", "length")
    assert answer.tokens.total == 7


QUOTING = {"message": f"You said 4711 with {KEY}", "code": "rate_limit_exceeded"}


@pytest.mark.parametrize(
    "body",
    [
        {"error": QUOTING},
        {"error": QUOTING, "choices": []},
        {"choices": [{"error": QUOTING, "message": {"content": ""}}]},
    ],
)
def test_an_error_that_calls_itself_a_success_is_named(
    server: ScriptedLLM, llm: OpenAIChat, body: dict[str, Any]
) -> None:
    server.next(Script(body=json.dumps(body)))
    failure = failure_of(llm)
    assert "rate_limit_exceeded" in str(failure)
    assert "4711" not in str(failure)
    assert KEY not in str(failure)
    assert not failure.permanent


def test_an_error_in_an_event_stream_is_named(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    event = json.dumps({"error": {"code": 429, "type": "rate_limit"}})
    server.next(Script(body=f"data: {event}\n\n", content_type="text/event-stream"))
    assert "429 (rate_limit)" in str(failure_of(llm))


def test_a_web_page_is_called_one(server: ScriptedLLM, llm: OpenAIChat) -> None:
    server.next(Script(body="<html>4711", content_type="text/html"))
    assert "a web page" in str(failure_of(llm))


@pytest.mark.parametrize(
    ("message", "reason", "hint"),
    [
        ({"content": ""}, "content_filter", "content_filter"),
        ({"content": None, "tool_calls": [{"id": "1"}]}, "tool_calls", "tools"),
        ({"content": "", "reasoning": "They greet."}, "stop", "reasoning"),
        ({"content": "\u200b"}, "stop", "empty"),
    ],
)
def test_an_answer_without_a_word_gets_few_tries_and_says_why(
    server: ScriptedLLM,
    llm: OpenAIChat,
    message: dict[str, object],
    reason: str,
    hint: str,
) -> None:
    server.next(answer_of(message, finish_reason=reason))
    failure = failure_of(llm)
    assert failure.most_tries in {2, 3}
    assert hint in str(failure)


@pytest.mark.parametrize(
    "body",
    [
        "data: nonsense",
        "data: 7",
        "[" * 100000,
        '{"choices": {"0": 1}}',
        "",
        'data: {"choices": [7]}',
        '{"choices": [{"message": {"content": 7}}]}',
    ],
)
def test_nonsense_is_no_answer(server: ScriptedLLM, llm: OpenAIChat, body: str) -> None:
    server.next(Script(body=body))
    assert not failure_of(llm).permanent
