"""Conversations in which the LLM fails: notices, giving up, deadlines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat import sentences
from tests.bot.chat.conversation import AWAY, PACE, REFUSED, Conversation, Waits
from tests.bot.chat.help_texts import HELP
from tests.bot.chat.transcripts import POLICY

OUT_OF_TIME = 0.01


def test_an_llm_that_is_away_for_a_moment_is_not_spoken_of() -> None:
    ana = Conversation(AWAY, "Nine.")
    ana.says("When do you open?")
    assert ana.is_kept_waiting()
    assert ana.bot_said == []
    assert ana.hears() == ["Nine."]


def test_after_two_minutes_there_is_one_notice_and_later_the_answer() -> None:
    ana = Conversation(AWAY, AWAY, AWAY, "Nine.")
    ana.says("When do you open?", minutes=3)
    assert ana.is_kept_waiting()
    ana.says("Hello?", minutes=2.5)
    assert ana.is_kept_waiting()
    assert ana.is_kept_waiting()
    assert ana.bot_said == [sentences.ANSWER_COMES_LATER]
    assert ana.hears() == ["Nine."]
    assert ana.llm_saw() == ["When do you open?\n\nHello?"]
    assert ana.last.in_reply_to == tuple(ana.sids)


def test_a_message_that_waited_too_long_is_given_up_once_with_the_error_on_it() -> None:
    ana = Conversation("Nine.")
    ana.says("When do you open?", minutes=61)
    assert ana.hears() == [sentences.GIVEN_UP]
    assert ana.hears() == []
    assert ana.thoughts.prompts == []
    question, apology = ana.chat.turns
    assert question.error == apology.error
    assert "ANSWER_MAX_AGE_MINUTES" in str(question.error)


def test_a_message_that_grows_too_old_while_the_llm_fails_is_given_up() -> None:
    # Young enough for a try on a busy machine, and too old after it.
    pace = replace(PACE, max_age=timedelta(seconds=0.5))

    def fail_slowly() -> str:
        ana.talk.stopping.wait(0.5)
        raise AWAY

    ana = Conversation(fail_slowly, pace=pace)
    ana.says("When do you open?")
    assert ana.hears() == [sentences.GIVEN_UP]
    assert ana.chat.turns[0].error == "the LLM is away"


def test_a_command_is_answered_however_late() -> None:
    ana = Conversation()
    ana.says("STOP", minutes=600)
    assert ana.hears() == [sentences.STOPPED]


def test_after_giving_up_the_conversation_goes_on() -> None:
    ana = Conversation("Nine.")
    ana.says("When do you open?", minutes=61)
    ana.hears()
    ana.says("Once more: when?")
    assert ana.hears() == ["Nine."]
    assert ana.llm_saw() == ["Once more: when?"]


def test_a_prompt_that_is_always_refused_is_given_up_after_some_tries() -> None:
    ana = Conversation(REFUSED)
    ana.says("poison")
    for _ in range(4):
        assert ana.is_kept_waiting()
    assert ana.hears() == [sentences.GIVEN_UP]
    assert ana.chat.turns[0].error == "the LLM refused the prompt"


def test_an_llm_that_is_away_is_waited_for_however_often_it_was_asked() -> None:
    ana = Conversation(AWAY)
    ana.says("When do you open?")
    assert all(ana.is_kept_waiting() for _ in range(20))
    assert ana.bot_said == []


def test_tries_while_the_llm_is_away_are_none_of_a_messages_own() -> None:
    ana = Conversation(*[AWAY] * 20, REFUSED, "Nine.")
    ana.says("When do you open?")
    assert all(ana.is_kept_waiting() for _ in range(21))
    assert ana.hears() == ["Nine."]


def test_a_batch_that_breaks_the_bot_is_given_up_and_the_next_is_not() -> None:
    ana = Conversation("Yes.")
    ana.says("poison")
    ana.says("/help")
    [reply] = ana.talk.give_up(ana.chat_id, KeyError("what Ana wrote"))
    assert [part.body for part in reply.parts] == [sentences.GIVEN_UP]
    assert ana.chat.turns[0].error == "internal error: KeyError"
    assert ana.hears() == [HELP]


def test_other_errors_are_for_the_queue_to_see() -> None:
    def break_down() -> str:
        raise KeyError("a bug")

    ana = Conversation(break_down)
    ana.says("Hi")
    with pytest.raises(KeyError):
        ana.hears()
    assert ana.bot_said == []


# Within a deadline: the only try


def test_within_a_deadline_a_failure_is_an_apology_at_once() -> None:
    ana = Conversation(AWAY, "Nine.")
    ana.says("When do you open?")
    assert ana.hears(seconds=10) == [sentences.GIVEN_UP]
    ana.says("And now?")
    assert ana.hears(seconds=10) == ["Nine."]


def test_the_llm_gets_what_is_left_of_the_deadline() -> None:
    ana = Conversation()
    ana.says("Hi")
    ana.hears(seconds=7)
    ana.says("Hi")
    ana.hears(seconds=OUT_OF_TIME)
    ana.says("Hi")
    ana.hears()
    within, late, without = ana.thoughts.timeouts
    assert 0 < within <= 7
    assert late == pytest.approx(0.1)
    assert POLICY.llm_seconds / 2 < without <= POLICY.llm_seconds


def test_silence_is_not_waited_for_beyond_the_deadline() -> None:
    waits = Waits()
    pace = replace(PACE, quiet_seconds=3600)
    ana = Conversation("Yes.", pace=pace, stopping=waits)
    ana.says("Hi")
    assert ana.hears(seconds=7) == ["Yes."]
    assert max(waits.seconds) <= 7
