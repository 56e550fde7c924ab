"""A server teaches by refusing: it is asked again at once, and so from then on."""

import json

import pytest

from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, Prompt, PromptMessage, Tool, ToolCall, ToolResult
from tests.bot.llm.clients import client_of
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


def refusal(message: object, status: int = 400, **fields: object) -> Script:
    error = {"message": message, "type": "invalid_request_error", **fields}
    return Script(status=status, body=json.dumps({"error": error}))


def asked(server: ScriptedLLM, number: int = -1) -> dict[str, object]:
    return {k: v for k, v in server.requests[number].body.items() if k != "model"}


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
    llm.complete(HI)
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


LOOK = [Tool("look", "Look something up.", {"type": "object"})]
CALLED: list[PromptMessage | ToolResult] = [
    *HI,
    PromptMessage("assistant", "", (ToolCall("call_0", "look", "{}"),)),
    ToolResult("call_0", "It is blue."),
]
NO_TOOLS = [
    "registry.ollama.ai/library/smollm2:135m does not support tools",
    "No endpoints found that support tool use.",
    '"auto" tool choice requires --enable-auto-tool-choice to be set',
    "tools param requires --jinja flag",
]


@pytest.mark.parametrize("told", NO_TOOLS, ids=["ollama", "router", "vllm", "llama"])
def test_a_model_without_tools_is_told_of_them_in_words_from_then_on(
    server: ScriptedLLM, llm: OpenAIChat, told: str
) -> None:
    server.next(refusal(told))
    assert llm.complete(HI, tools=LOOK).text == "You said: Hi"
    assert "tools" not in asked(server)
    assert "It is blue." in llm.complete(CALLED, tools=LOOK).text
    assert len(server.requests) == 3
    system, *talk = server.prompts[-1]
    assert system["content"].startswith("You call a tool by writing one line")
    assert [one["role"] for one in talk] == ["user", "assistant", "user"]


def test_a_model_that_takes_one_call_at_once_is_shown_them_one_by_one(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    calls = tuple(ToolCall(f"call_{n}", "look", "{}") for n in range(2))
    results = [ToolResult(call.id, f"It is {call.id}.") for call in calls]
    both: Prompt = [*HI, PromptMessage("assistant", "I look.", calls), *results]
    server.next(refusal("This model only supports single tool-calls at once!"))
    llm.complete(both)
    asked_for = server.prompts[-1]
    assert [one["role"] for one in asked_for][1:] == ["assistant", "tool"] * 2
    assert [len(one["tool_calls"]) for one in asked_for[1::2]] == [1, 1]
    assert [one["content"] for one in asked_for[1::2]] == ["I look.", None]


def test_a_model_that_reasons_calls_tools_once_it_need_not(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    told = "Function tools with reasoning_effort are not supported for this model."
    server.next(refusal(told))
    llm.complete(HI, tools=LOOK)
    assert asked(server)["reasoning_effort"] == "none"
    assert "tools" in asked(server)
    llm.complete(HI)
    assert "reasoning_effort" not in asked(server)


def test_tools_that_were_not_offered_are_not_what_was_refused(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(refusal(NO_TOOLS[0]))
    with pytest.raises(LLMError):
        llm.complete(HI)
    llm.complete(HI, tools=LOOK)
    assert "tools" in asked(server)


TWO = [*LOOK, Tool("shop__find", "Find it.", {"type": "object"})]
BAD_SCHEMA = "Invalid schema for function '{}': array schema missing items."
NO_ITEMS = (
    "GenerateContentRequest.tools[0].function_declarations[1].parameters.properties[x]"
    ".items: missing field."
)


def offered(server: ScriptedLLM, number: int = -1) -> list[str]:
    tools = server.requests[number].body.get("tools", [])
    return [tool["function"]["name"] for tool in tools]


@pytest.mark.parametrize(
    "script",
    [
        refusal(
            BAD_SCHEMA.format("shop__find"),
            code="invalid_function_parameters",
            param="tools[1].function.parameters",
        ),
        refusal(BAD_SCHEMA.format("shop__find")),
        refusal("tools.1.custom.input_schema: JSON schema is invalid"),
        refusal(NO_ITEMS),
        Script(
            status=422,
            body=json.dumps(
                {"detail": [{"loc": ["body", "tools", 1, "function"], "msg": "not it"}]}
            ),
        ),
    ],
    ids=["openai", "name", "number", "gemini", "fields"],
)
def test_a_tool_whose_schema_is_refused_takes_no_other_along(
    server: ScriptedLLM,
    llm: OpenAIChat,
    script: Script,
    capfd: pytest.CaptureFixture[str],
) -> None:
    server.next(script)
    llm.complete(HI, tools=TWO)
    assert offered(server) == ["look"]
    assert "shop__find" in capfd.readouterr().err
    llm.complete(HI, tools=TWO)
    assert offered(server) == ["look", "shop__find"], "it was left out this once"


def test_a_schema_of_nobody_knows_which_tool_ends_tools_this_once(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(refusal("Function schema is not valid", param="tools"))
    assert llm.complete(HI, tools=TWO).text == "You said: Hi"
    assert offered(server) == []
    llm.complete(HI, tools=TWO)
    assert offered(server) == ["look", "shop__find"]


def test_many_refused_schemas_leave_an_answer_without_tools(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    many = [Tool(f"tool_{number}", "", {"type": "object"}) for number in range(9)]
    server.next(*(refusal(BAD_SCHEMA.format(tool.name)) for tool in many[:4]))
    assert llm.complete(HI, tools=many).text == "You said: Hi"
    assert [len(offered(server, number)) for number in range(5)] == [9, 8, 7, 6, 0]
