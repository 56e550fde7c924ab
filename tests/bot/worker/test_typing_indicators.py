"""Typing is shown for what takes its time, again and again, and never afterwards."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from bot.llm.breaker import MOST_FAILURES
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage
from bot.worker.typing_indicators import THREADS, TypingIndicators
from tests.bot.llm.clients import client_of
from tests.bot.log_lines import recorded_log
from tests.house import PATIENCE, eventually
from tests.ports import free_port


class Twilio:
    """Counts how often typing was shown, for which message."""

    def __init__(self, show: Callable[[str], None] = lambda _sid: None) -> None:
        self.shown: Counter[str] = Counter()
        self._show = show

    def show(self, message_sid: str) -> None:
        self.shown[message_sid] += 1
        self._show(message_sid)


def still() -> bool:
    return True


def see(twilio: Twilio, message_sid: str, times: int = 1) -> None:
    eventually(lambda: twilio.shown[message_sid] >= times)


def test_what_takes_its_time_is_shown_and_what_does_not_is_not() -> None:
    twilio = Twilio()
    typing = TypingIndicators(twilio.show)
    for _ in range(100):
        with typing.shown("SM-fast", still):
            pass
    with typing.shown("SM-slow", still):
        see(twilio, "SM-slow")
    assert twilio.shown == {"SM-slow": 1}


def test_it_is_shown_again_as_long_as_the_answer_is_made_and_no_longer() -> None:
    twilio = Twilio()
    typing = TypingIndicators(twilio.show, after=0, every=0)
    with typing.shown("SM1", still):
        see(twilio, "SM1", times=3)
    with typing.shown("SM2", still):
        see(twilio, "SM2")  # what was under way for the first is over
        seen = twilio.shown["SM1"]
        see(twilio, "SM2", times=5)
    assert twilio.shown["SM1"] == seen


def test_it_is_not_shown_again_once_nobody_waits_for_it() -> None:
    twilio, taken_over = Twilio(), threading.Event()
    typing = TypingIndicators(twilio.show, after=0, every=0)
    with (
        typing.shown("SM1", lambda: not taken_over.is_set()),
        typing.shown("SM2", still),
    ):
        see(twilio, "SM1", times=2)
        taken_over.set()
        see(twilio, "SM2", twilio.shown["SM2"] + 2)
        seen = twilio.shown["SM1"]
        see(twilio, "SM2", twilio.shown["SM2"] + 5)
    assert twilio.shown["SM1"] == seen


@pytest.mark.parametrize("error", [LLMError("secret"), OSError("secret")])
def test_a_failure_ends_it_for_that_answer_alone(error: Exception) -> None:
    def fail(message_sid: str) -> None:
        if message_sid == "SM1":
            raise error

    twilio = Twilio(fail)
    typing = TypingIndicators(twilio.show, after=0, every=0)
    first, second = typing.shown("SM1", still), typing.shown("SM2", still)
    with recorded_log("INFO") as told, first, second:
        see(twilio, "SM2", times=5)
    assert twilio.shown["SM1"] == 1
    assert told.lines[0]["message"] == f"no typing indicator: {type(error).__name__}"
    assert told.lines[0]["message_sid"] == "SM1"


def count_threads() -> int:
    return sum(thread.name == "typing" for thread in threading.enumerate())


def test_a_twilio_that_hangs_holds_few_threads_and_no_answer() -> None:
    go_on = threading.Event()

    def hang(_message_sid: str) -> None:
        go_on.wait(PATIENCE)

    twilio = Twilio(hang)
    before = count_threads()
    typing = TypingIndicators(twilio.show, after=0)
    with ExitStack() as answers:
        for number in range(300):
            answers.enter_context(typing.shown(f"SM{number}", still))
        eventually(lambda: twilio.shown.total() == THREADS)
    assert count_threads() == before + THREADS + 1
    go_on.set()
    with typing.shown("SM-later", still):
        see(twilio, "SM-later")
    assert twilio.shown.total() == THREADS + 1, "what is over is not shown"


def ask_in_vain(llm: OpenAIChat) -> None:
    with pytest.raises(LLMError):
        llm.complete([PromptMessage("user", "Hi")])


def test_a_server_that_is_left_alone_is_no_reason_to_type() -> None:
    twilio = Twilio()
    typing = TypingIndicators(twilio.show)
    with client_of(f"http://127.0.0.1:{free_port()}") as llm:
        for _ in range(MOST_FAILURES):
            ask_in_vain(llm)
        for _ in range(20):
            with typing.shown("SM1", still):
                ask_in_vain(llm)
    with typing.shown("SM2", still):
        see(twilio, "SM2")
    assert twilio.shown == {"SM2": 1}
