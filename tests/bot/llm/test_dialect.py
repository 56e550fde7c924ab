"""A server teaches by refusing: it is asked again at once, and so from then on."""

import json

import pytest

from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage
from tests.bot.llm.clients import asked, client_of, refusal
from tests.scripted_llm import Script, ScriptedLLM

HI = [PromptMessage("user", "Hi")]
TALK = [PromptMessage("system", "Be kind."), *HI]
NO_LIMIT = (
    "Unsupported parameter: 'max_tokens' is not supported with this model."
    " Use 'max_completion_tokens' instead."
)
NO_TEMPERATURE = (
    "Unsupported value: 'temperature' does not support 0.3 with this model."
    " Only the default (1) value is supported."
)
TOO_MANY = (
    "max_tokens is too large: 50. This model supports at most 40 completion tokens."
)
SPENT = Script(text="", finish_reason="length")


def test_a_server_that_refuses_parameters_is_asked_without_them_from_then_on(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(
        refusal(NO_LIMIT, code="unsupported_parameter", param="max_tokens"),
        refusal(NO_TEMPERATURE, code="unsupported_value", param="temperature"),
    )
    assert llm.complete(HI).text == "You said: Hi"
    hi = [{"role": "user", "content": "Hi"}]
    assert asked(server) == {"messages": hi, "max_completion_tokens": 50}
    assert llm.complete(HI).text == "You said: Hi"
    assert len(server.requests) == 4, "what was learned is remembered"


@pytest.mark.parametrize(
    "script",
    [
        refusal(NO_LIMIT),
        refusal("Bad request", param="max_tokens"),
        refusal("Unrecognized request argument supplied: max_tokens"),
        Script(status=400, body=json.dumps({"message": NO_LIMIT})),
        Script(status=400, body=NO_LIMIT, content_type="text/plain"),
        Script(
            status=422,
            body=json.dumps(
                {"detail": [{"loc": ["body", "max_tokens"], "msg": "extra_forbidden"}]}
            ),
        ),
        Script(body=json.dumps({"error": {"code": 400, "message": NO_LIMIT}})),
    ],
)
def test_a_refusal_is_understood_however_it_is_told(
    server: ScriptedLLM, llm: OpenAIChat, script: Script
) -> None:
    server.next(script)
    assert llm.complete(HI).text == "You said: Hi"
    assert asked(server)["max_completion_tokens"] == 50
    assert len(server.requests) == 2


def test_a_server_that_knows_no_limit_is_asked_without_any(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        server.next(refusal(f"Unknown parameter: '{name}'."))
    assert llm.complete(HI).parameters == {"temperature": 0.3}
    assert set(asked(server)) == {"messages", "temperature"}


def test_a_limit_that_is_too_large_is_lowered(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(refusal(TOO_MANY, code="invalid_value", param="max_tokens"))
    llm.complete(HI)
    assert asked(server)["max_tokens"] == 40


@pytest.mark.parametrize(
    "script",
    [
        refusal("System role not supported", status=500),
        refusal(
            "Unsupported value: 'messages[0].role' does not support 'system'.",
            param="messages[0].role",
        ),
        refusal("Developer instruction is not enabled for models/gemma-3"),
        refusal("Conversation roles must alternate user/assistant/user/assistant/..."),
    ],
)
def test_where_no_system_may_speak_its_words_are_in_the_users_turn(
    server: ScriptedLLM, llm: OpenAIChat, script: Script
) -> None:
    server.next(script)
    llm.complete(TALK)
    assert server.prompts[-1] == [{"role": "user", "content": "Be kind.\n\nHi"}]
    llm.complete([TALK[0], PromptMessage("assistant", "Hello"), *HI])
    assert [m["role"] for m in server.prompts[-1]] == ["user", "assistant", "user"]
    assert server.prompts[-1][0]["content"] == "Be kind."


def test_what_only_failed_is_not_remembered(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(refusal(NO_LIMIT), Script(status=503))
    with pytest.raises(LLMError, match="503"):
        llm.complete(HI)
    llm.complete(HI)
    assert "max_tokens" in asked(server)


def test_each_client_learns_for_its_own_server_and_model(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(refusal(NO_TEMPERATURE))
    llm.complete(HI)
    with client_of(server.base_url) as another:
        another.complete(HI)
    assert "temperature" in asked(server)


def test_a_server_that_refuses_everything_is_asked_few_times(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.always(
        refusal(f"{NO_LIMIT} max_completion_tokens: unsupported. {NO_TEMPERATURE}")
    )
    with pytest.raises(LLMError) as caught:
        llm.complete(TALK)
    assert caught.value.permanent
    assert len(server.requests) <= 6


def test_what_a_user_wrote_teaches_nothing(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(Script(status=400))  # quotes the whole request
    with pytest.raises(LLMError):
        llm.complete([PromptMessage("user", NO_TEMPERATURE)])
    assert len(server.requests) == 1


def test_an_answer_whose_tokens_went_into_reasoning_gets_more_room_once(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(SPENT)
    assert llm.complete(HI).text == "You said: Hi"
    assert asked(server)["max_tokens"] == 8 * 50
    server.next(Script(text="<think>And so on", finish_reason="length"))
    with pytest.raises(LLMError, match="raise LLM_MAX_TOKENS") as caught:
        llm.complete(HI)
    assert caught.value.most_tries == 2
    assert len(server.requests) == 3, "it is asked once more, not again and again"
