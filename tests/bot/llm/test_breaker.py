"""A server that can answer nobody is left alone; one probe brings everybody back."""

import time
from email.utils import formatdate

import pytest

from bot.llm.breaker import MOST_FAILURES, Breaker
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage
from tests.bot.llm.clients import client_of
from tests.scripted_llm import Script, ScriptedLLM

HI = [PromptMessage("user", "Hi")]
AWAY = LLMError("away")
POISON = LLMError("refused", permanent=True)
DOWN = Script(status=503)


class Clock:
    """Time that passes when it is told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def try_it(breaker: Breaker, error: LLMError | None = None) -> LLMError | None:
    """Ask once, which fails with `error`; return the failure that comes out."""
    try:
        with breaker.watching():
            if error:
                raise error
    except LLMError as caught:
        return caught
    return None


def closed(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(MOST_FAILURES):
        assert try_it(breaker, AWAY) is AWAY
    return breaker


def test_while_it_is_left_alone_nobody_asks_and_all_know_when_to_come_back() -> None:
    refused = try_it(closed(Clock()))
    assert refused is not None
    assert refused.retry_after == 1
    assert refused.most_tries is None, "it costs nobody a try"
    assert str(refused).endswith(str(AWAY)), "the operator reads why"


def test_one_probe_finds_out_and_then_all_go_on() -> None:
    clock = Clock()
    breaker = closed(clock)
    clock.now += 1
    with breaker.watching():
        assert try_it(breaker), "somebody is finding out already"
    assert [try_it(breaker) for _ in range(10)] == [None] * 10


def test_probes_that_fail_come_more_rarely_up_to_a_bound() -> None:
    clock, pauses = Clock(), []
    breaker = closed(clock)
    for _ in range(6):
        refused = try_it(breaker)
        assert refused is not None
        pauses.append(refused.retry_after)
        clock.now += refused.retry_after or 0
        assert try_it(breaker, AWAY) is AWAY
    assert pauses == [1, 2, 4, 8, 10, 10]


def test_a_bug_during_the_probe_leaves_room_for_another() -> None:
    clock = Clock()
    breaker = closed(clock)
    clock.now += 1
    with pytest.raises(KeyError), breaker.watching():
        raise KeyError
    assert try_it(breaker) is None


@pytest.mark.parametrize("between", [None, POISON])
def test_a_server_that_answers_somebody_is_not_left_alone(
    between: LLMError | None,
) -> None:
    breaker = Breaker()
    for _ in range(10):
        for _ in range(MOST_FAILURES - 1):
            assert try_it(breaker, AWAY) is AWAY
        assert try_it(breaker, between) is between


def failure_of(llm: OpenAIChat) -> LLMError:
    with pytest.raises(LLMError) as caught:
        llm.complete(HI)
    return caught.value


def test_a_server_that_is_down_is_asked_by_few(
    server: ScriptedLLM, llm: OpenAIChat
) -> None:
    server.always(DOWN)
    failures = [failure_of(llm) for _ in range(30)]
    assert len(server.requests) < 10
    assert "left alone" in str(failures[-1])
    server.reset()
    time.sleep(failures[-1].retry_after or 0)
    assert llm.complete(HI).text


def test_another_server_is_none_of_its_business(server: ScriptedLLM) -> None:
    server.always(DOWN)
    with client_of(server.base_url) as llm, ScriptedLLM() as other:
        for _ in range(10):
            failure_of(llm)
        with client_of(other.base_url) as another:
            assert another.complete(HI).text


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 7),
        ({"Retry-After-Ms": "1500"}, 1.5, 1.5),
        ({"Retry-After": "100000"}, 60, 60),
    ],
)
def test_a_pause_that_the_server_asks_for_is_kept_by_all_within_bounds(
    server: ScriptedLLM,
    llm: OpenAIChat,
    headers: dict[str, str],
    least: float,
    most: float,
) -> None:
    server.next(Script(status=429, headers=headers))
    pause = failure_of(llm).retry_after
    assert pause is not None
    assert least <= pause <= most
    later = failure_of(llm)
    assert "left alone" in str(later)
    assert later.retry_after is not None
    assert later.retry_after <= pause
    assert len(server.requests) == 1


def test_a_pause_may_be_told_as_a_date(server: ScriptedLLM, llm: OpenAIChat) -> None:
    soon = formatdate(time.time() + 30, usegmt=True)
    server.next(Script(status=429, headers={"Retry-After": soon}))
    pause = failure_of(llm).retry_after
    assert pause is not None
    assert 0 < pause <= 30


@pytest.mark.parametrize("value", ["", "soon", "-5", "0", "nan", "1e9", "9" * 400])
def test_a_pause_that_makes_no_sense_is_none(
    server: ScriptedLLM, llm: OpenAIChat, value: str
) -> None:
    server.next(Script(status=429, headers={"Retry-After": value}))
    assert failure_of(llm).retry_after is None
    assert llm.complete(HI).text
