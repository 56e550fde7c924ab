"""What servers leak into an answer beside the answer: none of it reaches a user."""

import pytest

from bot.llm.leaks import spoken
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage
from tests.scripted_llm import Script, ScriptedLLM

HI = [PromptMessage("user", "Hi")]
HARMONY = (
    "<|channel|>analysis<|message|>They greet.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>Hello<|return|>"
)
LLAMA = "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>"
DEEPSEEK_END = "<\uff5cend\u2581of\u2581sentence\uff5c>"
KIMI = "\u25c1think\u25b7They greet.\u25c1/think\u25b7Hello"

LEAKS = [
    "<think>They greet.</think>Hello",
    "<think>\nThey greet.\n</think>\n\nHello",
    "They greet.</think>\n\nHello",
    "Hello<think>Should I say more?",
    "<think>I may use <think> tags.</think>Hello",
    "<thinking>a <think>b</think> c</thinking>Hello",
    "<think>one</think><think>two</think>Hello",
    "<Reasoning>They greet.</Reasoning> <answer>Hello</answer>",
    "[THINK]They greet.[/THINK]Hello",
    "<|begin_of_thought|>Hm<|end_of_thought|>Hello",
    KIMI,
    HARMONY,
    HARMONY.removesuffix("<|return|>"),
    "analysisThey greet.assistantfinalHello",
    "<|channel>thought\nThey greet.<channel|>Hello",
    "Hello<|im_end|>",
    "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nAnd then?",
    "<start_of_turn>model\nHello<end_of_turn>",
    LLAMA,
    "Hello</s>",
    f"Hello{DEEPSEEK_END}",
    "<|assistant|>\nHello<|user|>\nAnd then?",
    "Hello[INST] And then? [/INST]",
    "Hello\n\nUser: And then?",
    "Hello\nUser: And then?\nAssistant: Nothing.",
    "Hello\n\nHuman: And then?",
    "Hello\n\n### Instruction:\nSay more.",
    "Assistant: Hello",
    "### Response:\nHello",
]
ORDINARY = [
    "Use the `<think>` tag.",
    "Your login:\nUser: anna\nPassword: secret",
    "User: this field holds your name.",
    "Human rights: we keep them.",
    "Normal temperatures:\nDog: 38.5\nHuman: 37",
    "If a < b and b > c, then <b> is bold.",
    "The analysis is done.",
    "\U0001f44d",
    "<s>5 euros</s> 4 euros",
]
NOTHING = ["<think>They", "analysisThey greet", "\u200b", "\u2800\ufe0f", "<|im_end|>"]


@pytest.mark.parametrize("leak", LEAKS)
def test_a_user_reads_the_answer_alone(
    server: ScriptedLLM, llm: OpenAIChat, leak: str
) -> None:
    server.next(Script(text=leak))
    assert llm.complete(HI).text == "Hello"


@pytest.mark.parametrize("text", ORDINARY)
def test_what_only_looks_like_a_leak_stays(
    server: ScriptedLLM, llm: OpenAIChat, text: str
) -> None:
    server.next(Script(text=text))
    assert llm.complete(HI).text == text


@pytest.mark.parametrize("text", NOTHING)
def test_an_answer_of_which_nothing_is_left_is_empty(
    server: ScriptedLLM, llm: OpenAIChat, text: str
) -> None:
    server.next(Script(text=text))
    with pytest.raises(LLMError, match="empty"):
        llm.complete(HI)


# So long that it would be seen if reading took more than its length's time.
HUGE = 300_000


@pytest.mark.parametrize(
    "piece", ["#", "## ", "\n##", "**", "<think ", "\nUser:", "</answer> ", "assistant"]
)
def test_a_huge_monotonous_answer_stays(piece: str) -> None:
    said = f"{piece * (HUGE // len(piece))}."
    assert spoken(said) == said.strip()


@pytest.mark.parametrize(
    "piece",
    [" ", "\n\n", "<think>", "<|channel|>a", "<|im_end|>", "analysisA"],
)
def test_a_huge_answer_of_nothing_is_nothing(piece: str) -> None:
    assert spoken(piece * (HUGE // len(piece))) == ""
