"""The client of OpenAI-compatible servers: answers, failures, deadlines, secrets."""

import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage, Tokens
from tests.bot.llm.clients import KEY, client_of
from tests.house import PATIENCE, eventually
from tests.scripted_llm import GARBAGE, MODEL, Script, ScriptedLLM

NEVER_SECONDS = 60.0
DEADLINE_SECONDS = 0.3
HI = [PromptMessage("user", "My PIN is 4711, hi")]
SPENT = Script(text="", finish_reason="length")


def failure_of(llm: OpenAIChat, timeout: float | None = None) -> LLMError:
    with pytest.raises(LLMError) as caught:
        llm.complete(HI, timeout)
    return caught.value


def test_an_answer_says_who_gave_it_and_what_it_took(llm: OpenAIChat) -> None:
    answer = llm.complete(HI)
    assert answer.text == "You said: My PIN is 4711, hi"
    assert answer.model == MODEL
    assert answer.tokens.total == 5 + 7
    assert answer.response_time > 0


def test_the_server_is_asked_as_configured(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    completion = llm.complete(HI)
    assert completion.parameters == {"temperature": 0.3, "max_tokens": 50}
    asked = server.requests[0]
    assert asked.authorization == f"Bearer {KEY}"
    assert asked.body == {
        "model": "asked",
        "messages": [{"role": "user", "content": "My PIN is 4711, hi"}],
        "temperature": 0.3,
        "max_tokens": 50,
    }


def test_strict_servers_see_role_and_content_only(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    llm.complete([PromptMessage("system", "Help."), PromptMessage("user", "Hi")])
    assert server.prompts == [
        [{"role": "system", "content": "Help."}, {"role": "user", "content": "Hi"}]
    ]


def test_an_answer_cut_at_the_token_limit_is_kept(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(Script(text="It was a dark and", finish_reason="length"))
    assert llm.complete(HI).text == "It was a dark and"


@pytest.mark.parametrize(
    ("second", "total"),
    [
        (Script(status=503), 5),
        (SPENT, 5 + 5),
        (Script(close=True), None),  # it may have cost as well: nobody knows how much
    ],
    ids=["refused", "spent", "lost"],
)
def test_what_a_first_try_used_is_told_when_the_second_one_fails(
    server: ScriptedLLM, llm: OpenAIChat, second: Script, total: int | None
) -> None:
    server.next(SPENT, second)
    failure = failure_of(llm)
    assert failure.may_cost
    assert (failure.tokens and failure.tokens.total) == total


def test_an_answer_without_usage_or_model_is_an_answer(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.next(Script(body='{"choices": [{"message": {"content": "Hello"}}]}'))
    answer = llm.complete(HI)
    assert (answer.text, answer.model, answer.tokens) == ("Hello", "asked", Tokens())


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_prompt_is_not_asked_again(
    server: ScriptedLLM, llm: OpenAIChat, status: int
) -> None:
    server.next(Script(status=status))
    failure = failure_of(llm)
    assert failure.permanent
    assert str(status) in str(failure)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "OPENAI_API_KEY"),
        (403, "OPENAI_API_KEY"),
        (404, "OPENAI_MODEL"),
        (408, "OPENAI_BASE_URL"),
        (429, "credit"),
        (500, "the fault is its own"),
        (503, "the fault is its own"),
    ],
)
def test_other_refusals_may_pass_and_say_what_to_check(
    server: ScriptedLLM, llm: OpenAIChat, status: int, advice: str
) -> None:
    server.next(Script(status=status))
    failure = failure_of(llm)
    assert not failure.permanent
    assert str(status) in str(failure)
    assert advice in str(failure)
    assert len(server.requests) == 1, "retries are the queue's"


def test_the_servers_error_code_is_told(server: ScriptedLLM, llm: OpenAIChat) -> None:
    server.next(Script(status=429, code="insufficient_quota"))
    assert "insufficient_quota" in str(failure_of(llm))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(GARBAGE, id="broken JSON"),
        pytest.param(Script(body="<html>", content_type="text/html"), id="a web page"),
        pytest.param(Script(body="[]"), id="another shape"),
        pytest.param(Script(body='{"choices": []}'), id="no choice"),
        pytest.param(Script(body='{"choices": [7]}'), id="a strange choice"),
        pytest.param(Script(body="null"), id="null"),
        pytest.param(Script(text=""), id="an empty text"),
        pytest.param(Script(text=" \n"), id="blanks"),
        pytest.param(Script(close=True), id="a closed connection"),
    ],
)
def test_what_is_no_answer_fails_and_the_next_one_counts(
    server: ScriptedLLM, llm: OpenAIChat, script: Script
) -> None:
    server.next(script)
    assert not failure_of(llm).permanent
    assert llm.complete(HI).text.startswith("You said")


@pytest.mark.parametrize("script", [Script(hang=True), Script(drip=0.05)])
def test_neither_silence_nor_a_drip_outlasts_the_deadline(
    server: ScriptedLLM, script: Script
) -> None:
    server.always(script)
    with client_of(server.base_url, timeout=DEADLINE_SECONDS) as llm:
        failure = failure_of(llm)
        assert not failure.permanent
        assert f"{DEADLINE_SECONDS:g} s" in str(failure)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(Script(body="x" * 65536, flood=True), id="an answer"),
        pytest.param(Script(body="x" * 65536, flood=True, status=500), id="an error"),
        pytest.param(Script(body=f"{{}}{' ' * 8_000_000}", packed=True), id="a bomb"),
    ],
)
def test_a_flood_is_cut_off_named_and_tried_few_times(
    server: ScriptedLLM, llm: OpenAIChat, script: Script
) -> None:
    server.next(script)
    failure = failure_of(llm)
    assert "more than 4 MB" in str(failure)
    assert failure.most_tries == 2
    assert llm.complete(HI).text.startswith("You said")


def test_a_packed_answer_is_an_answer(server: ScriptedLLM, llm: OpenAIChat) -> None:
    server.next(Script(text="Hello", packed=True))
    assert llm.complete(HI).text == "Hello"


def test_a_call_may_bring_its_own_deadline(server: ScriptedLLM) -> None:
    with client_of(server.base_url, timeout=NEVER_SECONDS) as llm:
        assert llm.complete(HI).text  # its start takes longer on a busy machine
        server.next(Script(hang=True))
        assert "0.2 s" in str(failure_of(llm, timeout=0.2))
        assert llm.complete(HI).text


def test_no_server_is_a_passing_failure() -> None:
    with ScriptedLLM() as gone:
        base_url = gone.base_url
    with client_of(base_url) as llm:
        assert not failure_of(llm).permanent
    with client_of("nonsense://") as llm:
        assert not failure_of(llm).permanent


def test_fifty_calls_at_once_are_answered_side_by_side(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    everyone_asked = threading.Barrier(50)
    server.always(Script(delay=0.3))  # one after the other: past the deadline

    def ask(number: int) -> str:
        everyone_asked.wait(PATIENCE)
        return llm.complete([PromptMessage("user", f"no. {number}")]).text

    with ThreadPoolExecutor(50) as callers:
        answers = list(callers.map(ask, range(50)))
    assert answers == [f"You said: no. {number}" for number in range(50)]


@pytest.mark.parametrize(
    "script",
    [
        Script(status=401, code="invalid_api_key"),
        Script(status=400),
        Script(
            status=500, body=f'{{"error": {{"message": "{KEY}", "code": "{KEY}"}}}}'
        ),
        GARBAGE,
        Script(close=True),
        Script(hang=True),
    ],
)
def test_neither_key_nor_prompt_comes_out_in_a_failure(
    server: ScriptedLLM,
    llm: OpenAIChat,
    script: Script,
) -> None:
    server.next(script)
    with pytest.raises(LLMError) as caught:
        llm.complete(HI, timeout=DEADLINE_SECONDS)
    told = "".join(traceback.format_exception(caught.value))
    assert "LLMError" in told
    assert KEY not in told
    assert "4711" not in told


def test_half_a_surrogate_pair_is_refused_before_it_is_sent(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    with pytest.raises(LLMError, match="surrogate") as caught:
        llm.complete([PromptMessage("user", "\ud83d")])
    assert caught.value.permanent
    assert not server.requests


def test_closing_fails_what_is_under_way(server: ScriptedLLM) -> None:
    server.always(Script(hang=True))
    with ThreadPoolExecutor(1) as caller:
        with client_of(server.base_url, timeout=NEVER_SECONDS) as llm:
            failure = caller.submit(failure_of, llm)
            eventually(lambda: server.requests)
        assert "closed" in str(failure.result(PATIENCE))
    assert "closed" in str(failure_of(llm))
