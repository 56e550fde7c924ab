"""What a model can do with tools is learned from refusals, too."""

import json
from contextlib import closing

import pytest

from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import (
    LLMError,
    Prompt,
    PromptMessage,
    Tool,
    ToolCall,
    ToolResult,
)
from tests.bot.llm.clients import asked, refusal
from tests.scripted_llm import Script, ScriptedLLM

HI = [PromptMessage("user", "Hi")]
NO_TEMPERATURE = "Unsupported value: 'temperature' does not support 0.3."
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


def test_calls_of_before_are_told_in_words_this_once_where_none_is_offered(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    """Some servers refuse calls in a prompt beside which no tool is offered."""
    told = "Requests which include `tool_use` blocks must define tools"
    server.next(refusal(told))
    assert "It is blue." in llm.complete(CALLED).text
    assert [one["role"] for one in server.prompts[-1]][1:] == [
        "user",
        "assistant",
        "user",
    ]
    llm.complete(HI, tools=LOOK)
    assert "tools" in asked(server)
    assert llm.learned() == []
    server.always(refusal("Anthropic expects the `tools=` param to be passed in."))
    with pytest.raises(LLMError):
        llm.complete(CALLED)
    assert len(server.requests) <= 6


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


def test_what_was_learned_is_forgotten_after_a_day(server: ScriptedLLM) -> None:
    now = [0.0]
    account = LLMServer(api_key="k", base_url=server.base_url, model="asked")
    with closing(OpenAIChat(account, lambda: now[0])) as llm:
        server.next(refusal(NO_TOOLS[0]))
        for hours in (0, 23, 24):
            now[0] = hours * 3600.0
            llm.complete(HI, tools=LOOK)
            assert ("tools" in asked(server)) == (hours == 24)
            assert bool(llm.learned()) == (hours < 24)


def test_what_was_learned_is_told(server: ScriptedLLM, llm: OpenAIChat) -> None:
    server.next(
        *map(refusal, (NO_TOOLS[0], NO_TEMPERATURE, "Unsupported parameter: 'stop'."))
    )
    llm.complete(HI, tools=LOOK)
    assert llm.learned() == [
        "it calls tools by tagged text",
        "it takes no stop, temperature",
    ]


def test_where_it_is_set_tools_are_in_words_at_once(server: ScriptedLLM) -> None:
    account = LLMServer(
        api_key="k", base_url=server.base_url, model="asked", tools_in_text=True
    )
    with closing(OpenAIChat(account)) as llm:
        llm.complete(HI, tools=LOOK)
    assert "tools" not in asked(server)
    assert len(server.requests) == 1


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
