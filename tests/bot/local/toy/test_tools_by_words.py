"""Which tool a message means, and what is said of calls: as clients see it."""

import json
from typing import Any

import pytest

from bot.chat import sentences
from bot.chat.media.sentences import HEARD
from bot.llm.protocol import PromptMessage, ToolCall, ToolResult
from bot.local.toy.front import MODEL_NAME
from bot.tools import words
from bot.tools.approval import waiting
from bot.tools.reminders.scheduling import IF_SILENT
from tests.bot.local.toy.messages import CALLS, QUESTIONS, SMALL_TALK
from tests.bot.local.toy.toys import TODAY, Toy


@pytest.mark.parametrize(("said", "tool", "arguments"), CALLS)
def test_words_call_a_tool(
    toy: Toy, said: str, tool: str, arguments: dict[str, Any]
) -> None:
    answer = toy.hears(said)
    assert [call.name for call in answer.tool_calls] == [tool]
    assert json.loads(answer.tool_calls[0].arguments) == arguments
    assert (answer.model, answer.finish_reason) == (MODEL_NAME, "tool_calls")
    assert not toy.model.requests


@pytest.mark.parametrize(("said", "question"), QUESTIONS.items())
def test_what_a_tool_needs_and_nobody_said_is_asked_for(
    toy: Toy, said: str, question: str
) -> None:
    answer = toy.hears(said)
    assert (answer.text, answer.tool_calls) == (question, ())


@pytest.mark.parametrize("said", SMALL_TALK)
def test_small_talk_is_the_model_s(toy: Toy, said: str) -> None:
    answer = toy.hears(said)
    assert (answer.text, answer.tool_calls) == (f"You said: {said}", ())
    (request,) = toy.model.requests
    assert "tools" not in request.body  # it could only be confused by them
    assert request.body["messages"][0]["content"] == f"Be kind.\n\n{TODAY}"


def test_answers_to_its_questions_complete_the_call(toy: Toy) -> None:
    first = toy.hears("I want to book a table").text
    second = toy.hears("I want to book a table", first, "For 4 people").text
    assert second == "On which day, and at what time?"
    talk = ("I want to book a table", first, "For 4 people", second, "tomorrow, 10:00")
    (call,) = toy.hears(*talk).tool_calls
    booked = {"people": 4, "day": "2026-11-27", "at": "10:00"}
    assert json.loads(call.arguments) == booked
    whole = ("Refund my order 1042", "Which reason (what was wrong)?", "It was cold")
    (call,) = toy.hears(*whole).tool_calls
    assert json.loads(call.arguments) == {"number": "1042", "reason": "It was cold"}


def test_who_says_something_else_after_a_question_is_not_asked_again(toy: Toy) -> None:
    talk = ("Refund my order 1042", "Which reason (what was wrong)?")
    assert toy.hears(*talk, "Never mind").text == "You said: Never mind"
    (call,) = toy.hears(*talk, "Which tables did I book?").tool_calls
    assert call.name == "my_tables"


def test_what_the_bot_puts_around_a_message_is_no_word_of_it(toy: Toy) -> None:
    missing = f"{sentences.NOTHING_FOUND}\n\nHello"
    assert not toy.hears(missing).tool_calls
    shown = "Use this.\n=== x begins ===\n| Book a table for 4 tomorrow at 10\n"
    shown += f"=== x ends ===\n{sentences.MATERIAL_ENDS}\n"
    assert not toy.hears(f"{shown}Hello").tool_calls
    quoted = '[The user replies to this message of yours: "order 99999"]\n'
    (call,) = toy.hears(f"{shown}{quoted}Where is my order 1042?").tool_calls
    assert json.loads(call.arguments) == {"number": 1042}
    heard = HEARD.format("Where is my order 1042?")
    assert toy.hears(heard).tool_calls[0].name == "order_status"


RESULTS = {
    "Booked: 4 people, 2026-11-27 10:00.": "Booked: 4 people, 2026-11-27 10:00.",
    words.BEFORE + "It is on its way.": "It is on its way.",
    words.AGAIN + "It is on its way.": "It is on its way.",
    words.FAILED.format(why="no seats are free then"): "That did not work, and nothing"
    " was done: no seats are free then.",
    words.NO_ANSWER.format(why="no answer within 5 s"): "That did not work: no answer"
    " within 5 s.",
    words.UNKNOWN: "It is not certain whether that was done. A person looks at it.",
    waiting.SAID_NO: "All right: nothing was done.",
    waiting.ASKED_CUSTOMER: "I can do that as soon as you allow it.",
    '{"number":1042,"ready_on":"2026-11-28","paid":true,"eur":28.00,"note":null}': (
        "number: 1042, ready on: 2026-11-28, paid: yes, eur: 28.00"
    ),
    '[{"a": 1}, {"a": 2}]': "a: 1\na: 2",
    '{"a": {"b": 1}}': '{"a": {"b": 1}}',
    "{cut": "{cut",
    words.NOT_ALLOWED: words.NOT_ALLOWED,
    words.NOTHING_FOUND: "I found nothing of yours.",
    f"Scheduled as number 1.{IF_SILENT[True]}": "Scheduled as number 1.",
}


@pytest.mark.parametrize(("result", "told"), RESULTS.items())
def test_a_result_is_told_in_its_own_words(toy: Toy, result: str, told: str) -> None:
    call = ToolCall("call_0", "order_status", '{"number": "1042"}')
    asked = PromptMessage("user", "Where is my order 1042?")
    answer = toy.ask(
        asked, PromptMessage("assistant", "", (call,)), ToolResult("call_0", result)
    )
    assert (answer.text, answer.tool_calls) == (told, ())
    assert not toy.model.requests


def test_what_a_model_is_told_of_calls_is_not_told_to_users(toy: Toy) -> None:
    """Every sentence for the model has one for people, or is one."""
    for_models = (*vars(words).values(), *vars(waiting).values())
    told = [one for one in for_models if isinstance(one, str) and "the user" in one]
    told = [one for one in told if one != words.RULES and "Not done: " not in one[:10]]
    call = ToolCall("call_0", "my_tables", "{}")
    for one in filter(lambda each: each[0].isupper() and "{" not in each, told):
        answer = toy.ask(
            PromptMessage("user", "?"),
            PromptMessage("assistant", "", (call,)),
            ToolResult("call_0", one),
        )
        assert "the user" not in answer.text
