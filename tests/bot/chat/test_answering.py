"""From a batch to the LLM's answer: what it is asked, and what becomes of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.chat import sentences
from bot.chat.answering import Answering
from bot.chat.asked import prompt_for, tell_date
from bot.chat.rules import next_batch
from bot.llm.protocol import Completion, Prompt, Tokens, Tool
from db.records import Reply, Turn
from tests.bot.chat.conversation import ScriptedThoughts
from tests.bot.chat.transcripts import POLICY, chat_of, user_says


@dataclass
class OneAnswer:
    """An LLM that always says the same."""

    completion: Completion

    def complete(
        self,
        prompt: Prompt,
        timeout: float | None = None,
        tools: Sequence[Tool] = (),
    ) -> Completion:
        return self.completion


def test_the_llm_sees_nothing_that_comes_after_what_it_answers() -> None:
    chat = chat_of(
        user_says("Hi", "1"), user_says("/help", "2"), user_says("Open?", "3")
    )
    prompt = prompt_for(chat, next_batch(chat), POLICY)
    assert [message.content for message in prompt[1:]] == ["Hi"]


def test_a_burst_longer_than_the_history_is_seen_whole() -> None:
    chat = chat_of(*(user_says(f"line {n}", str(n)) for n in range(30)))
    prompt = prompt_for(chat, next_batch(chat), replace(POLICY, most_turns=2))
    assert "line 0\n" in str(prompt[1].content)
    assert "line 29" in str(prompt[1].content)


def test_the_llm_knows_the_day_where_the_business_is() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert tell_date(late) == "Today is Monday, 2026-11-30 (time zone UTC)."
    tokyo = late.astimezone(ZoneInfo("Asia/Tokyo"))
    assert tell_date(tokyo) == "Today is Tuesday, 2026-12-01 (time zone Asia/Tokyo)."


def test_the_date_stands_behind_the_operator_s_words() -> None:
    chat = chat_of(user_says("Are you open tomorrow?", "1"))
    policy = replace(POLICY, timezone=ZoneInfo("Asia/Tokyo"))
    system = str(prompt_for(chat, next_batch(chat), policy)[0].content)
    assert system.startswith(f"{POLICY.system_prompt}\n\nToday is ")
    assert system.endswith(" (time zone Asia/Tokyo).")


def answered(text: str, *turns: Turn, model: str = "m") -> Reply:
    completion = Completion(text, model, 1.23456, Tokens(5, 2, 7), "stop")
    llm = OneAnswer(completion)
    return Answering(llm, POLICY).answer(chat_of(*turns), turns, seconds=10)


def test_an_answer_says_who_gave_it_and_what_it_settles() -> None:
    turn = answered("Yes.", user_says("Hi", "1"), user_says("Open?", "2")).turn
    assert (turn.role, turn.content) == ("assistant", "Yes.")
    assert turn.in_reply_to == ("1", "2")
    assert (turn.model, turn.tokens_used, turn.response_time) == ("m", 7, 1.235)
    assert turn.reference_id


def test_an_answer_says_what_could_not_be_read_beside_the_words() -> None:
    reply = answered("Yes.", user_says("This one?", "1", "image/png"))
    assert reply.turn.content == f"Yes.\n\n{sentences.UNREADABLE['image']}"


def test_what_no_database_can_store_does_not_come_out_of_an_answer() -> None:
    turn = answered("a\x00b\ud800c", user_says("Hi", "1"), model="m\x00").turn
    assert (turn.content, turn.model) == ("a\ufffdb\ufffdc", "m\ufffd")


@pytest.mark.parametrize(("left", "given"), [(math.inf, 60), (90, 60), (7, 7)])
def test_the_llm_gets_the_time_that_is_left_and_no_more_than_its_own(
    left: float, given: float
) -> None:
    thoughts, batch = ScriptedThoughts("Yes."), (user_says("Hi", "1"),)
    Answering(thoughts, POLICY).answer(chat_of(*batch), batch, left)
    (timeout,) = thoughts.timeouts
    assert given / 2 < timeout <= given


def test_asking_changes_nothing_so_that_it_may_be_repeated() -> None:
    batch = (user_says("Hi", "1"),)
    chat = chat_of(*batch)
    answering = Answering(ScriptedThoughts("Yes.", "No."), POLICY)
    said = [answering.answer(chat, batch, 10).turn for _ in range(2)]
    assert [turn.content for turn in said] == ["Yes.", "No."]
    assert [turn.in_reply_to for turn in said] == [("1",), ("1",)]
    assert chat.turns == batch
