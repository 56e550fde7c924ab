"""Conversations with an LLM's server that refuses, holds back, cuts or goes on."""

import json
from collections.abc import Iterator

import pytest

from bot.chat import sentences
from tests.bot.chat.conversation import Conversation
from tests.bot.llm.clients import client_of
from tests.bot.log_lines import recorded_log
from tests.scripted_llm import Script, ScriptedLLM

FILTERED = Script(status=400, code="content_filter")
TOO_LONG = Script(status=400, code="context_length_exceeded")
HELD_BACK = Script(text="", finish_reason="content_filter")


@pytest.fixture
def ana(server: ScriptedLLM) -> Iterator[Conversation]:
    with client_of(server.base_url) as llm:
        yield Conversation(llm=llm)


def given_up(ana: Conversation) -> int:
    """Let the queue try until the bot says something; return how often it tried."""
    for tries in range(1, 100):
        if not ana.is_kept_waiting():
            assert ana.bot_said[-1] == sentences.GIVEN_UP
            return tries
    raise AssertionError("never given up")


def test_a_word_that_is_refused_does_not_poison_the_chat(
    server: ScriptedLLM, ana: Conversation
) -> None:
    server.always(FILTERED)
    ana.says("bomb")
    given_up(ana)
    assert "content filter" in str(ana.chat.turns[0].error)
    server.reset()
    ana.says("When do you open?")
    assert ana.hears() == ["You said: When do you open?"]
    assert "bomb" not in str(server.prompts)


def test_a_refusal_for_what_was_said_before_is_asked_again_without_it(
    server: ScriptedLLM, ana: Conversation
) -> None:
    ana.says("bomb")
    ana.hears()
    server.next(FILTERED)
    ana.says("When do you open?")
    assert ana.hears() == ["You said: When do you open?"]
    assert "bomb" in str(server.prompts[-2])
    assert "bomb" not in str(server.prompts[-1])


def test_a_prompt_that_is_too_long_is_shortened(
    server: ScriptedLLM, ana: Conversation
) -> None:
    ana.says("x" * 3000)
    ana.hears()
    server.next(TOO_LONG)
    ana.says("When do you open?")
    assert ana.hears() == ["You said: When do you open?"]
    assert "xxx" in str(server.prompts[-2])
    assert "xxx" not in str(server.prompts[-1])


def test_a_message_that_is_too_long_is_cut(
    server: ScriptedLLM, ana: Conversation
) -> None:
    server.next(TOO_LONG, TOO_LONG)
    ana.says("x" * 8000)
    assert ana.hears()
    told = [str(prompt).count("x") for prompt in server.prompts]
    assert told[0] > 1.5 * told[1] > 2 * told[2] > 1000


@pytest.mark.parametrize(
    "error",
    [
        {"message": "This model's maximum context length is 1050 tokens. However,"},
        {"message": "prompt is too long: 1300 tokens > 1050 maximum"},
        {"message": "too large for model with 1050 maximum context length"},
        {
            "message": "the request exceeds the available context size, try again",
            "type": "exceed_context_size_error",
            "n_ctx": 1050,
        },
    ],
)
def test_how_long_a_prompt_may_be_is_remembered_once_it_was_told(
    server: ScriptedLLM, ana: Conversation, error: dict[str, object]
) -> None:
    server.next(Script(status=400, body=json.dumps({"error": error})))
    ana.says("x" * 9000)
    ana.hears()
    ana.says("y" * 9000)
    ana.hears()
    told = [str(prompt) for prompt in server.prompts]
    assert len(told) == 3, "the second message is cut before it is asked"
    assert told[0].count("x") == 9000
    assert 2500 < told[1].count("x") < 3000, "1000 tokens, beside 50 of the answer"
    assert 2500 < told[2].count("y") < 3000


@pytest.mark.parametrize(
    "message", ["the input is too long", "context length 7", "context length 10000000"]
)
def test_what_says_nothing_of_use_is_not_remembered(
    server: ScriptedLLM, ana: Conversation, message: str
) -> None:
    error = {"message": message, "code": "context_length_exceeded"}
    server.next(Script(status=400, body=json.dumps({"error": error})))
    ana.says("x" * 9000)
    ana.hears()
    ana.says("q" * 9000)
    ana.hears()
    assert str(server.prompts[-1]).count("q") == 9000


@pytest.mark.parametrize(
    ("script", "most_requests"),
    [
        (FILTERED, 2),
        (TOO_LONG, 8),
        (HELD_BACK, 2),
        (Script(status=400), 5),
        (Script(text="\u200b"), 3),
        (Script(text="", finish_reason="length"), 4),
        (Script(body='{"choices": [{"message": {"tool_calls": [{"id": "1"}]}}]}'), 3),
        (Script(text="<think>They"), 3),
    ],
)
def test_what_would_come_out_the_same_again_is_asked_few_times(
    server: ScriptedLLM, ana: Conversation, script: Script, most_requests: int
) -> None:
    server.always(script)
    ana.says("Hi")
    given_up(ana)
    assert len(server.requests) <= most_requests


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_a_cut_answer_ends_at_a_sentence_is_marked_and_logged(
    server: ScriptedLLM, ana: Conversation, reason: str
) -> None:
    server.next(Script(text="Yes. It costs 15 eu", finish_reason=reason))
    ana.says("Have you got one?")
    with recorded_log() as log:
        assert ana.hears() == ["Yes. (\u2026)"]
    hints = {"length": "LLM_MAX_TOKENS", "content_filter": "content filter"}
    assert any(hints[reason] in message for message in log.messages)


def test_an_answer_that_goes_round_in_circles_is_said_once(
    server: ScriptedLLM, ana: Conversation
) -> None:
    server.next(Script(text="We open at nine.\n" * 2000))
    ana.says("When do you open?")
    with recorded_log() as log:
        assert ana.hears() == ["We open at nine. (\u2026)"]
    assert "repeated itself" in log.text


def test_a_word_that_is_refused_is_told_in_the_log_without_it(
    server: ScriptedLLM, ana: Conversation
) -> None:
    body = {"error": {"message": "bomb: content management policy", "code": "x"}}
    server.always(Script(status=400, body=json.dumps(body)))
    ana.says("bomb")
    with recorded_log() as log:
        assert given_up(ana) == 2
    assert "content filter" in log.text
    assert "bomb" not in log.text
