"""Conversations, on the memory store: who says what, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat import sentences
from db.in_memory import MemoryChatStore
from db.records import Reply
from tests.bot.chat.conversation import AWAY, PACE, Conversation, Waits
from tests.bot.chat.help_texts import HELP

PATIENT = replace(PACE, quiet_seconds=60)


class RefusingStore(MemoryChatStore):
    """A store that says of every answer that it was given before."""

    def record_reply(
        self, chat_id: str, reply: Reply, most_turns: int | None = None
    ) -> int:
        return 0


def test_a_question_is_answered_once() -> None:
    ana = Conversation("Nine to five.")
    ana.says("When do you open?")
    assert ana.hears() == ["Nine to five."]
    assert ana.hears() == []
    assert ana.transcript == ["user: When do you open?", "assistant: Nine to five."]
    assert ana.last.in_reply_to == tuple(ana.sids)
    assert ana.last.model == "scripted"


def test_a_burst_gets_one_answer() -> None:
    ana = Conversation("Nine to five.")
    for text in ("Hi", "a question", "when do you open?"):
        ana.says(text)
    assert ana.hears() == ["Nine to five."]
    assert ana.llm_saw() == ["Hi\n\na question\n\nwhen do you open?"]
    assert ana.last.in_reply_to == tuple(ana.sids)


def test_the_llm_remembers_the_conversation() -> None:
    ana = Conversation("Hello Ana!", "Ana.")
    ana.says("I am Ana.")
    ana.hears()
    ana.says("Who am I?")
    assert ana.hears() == ["Ana."]
    assert ana.llm_saw() == ["I am Ana.", "Hello Ana!", "Who am I?"]


def test_the_user_sees_typing_while_an_answer_is_made() -> None:
    ana = Conversation()
    ana.says("Hi")
    ana.says("Open?")
    ana.hears()
    assert ana.typed == [("begins", ana.sids[1]), ("ends", ana.sids[1])]


def test_a_command_shows_no_typing() -> None:
    ana = Conversation()
    ana.says("/help")
    assert ana.hears() == [HELP]
    assert ana.typed == []


def test_an_unknown_chat_has_nothing_to_answer() -> None:
    talk = Conversation().talk
    assert talk.answer("0123456789abcdef") == []
    assert talk.give_up("0123456789abcdef", "why") == []


# New messages while an answer is made


def test_what_comes_while_the_llm_works_is_answered_with_it() -> None:
    ana = Conversation(lambda: ana.says("And Sunday?") and "Nine.", "Nine; no.")
    ana.says("When do you open?")
    assert ana.hears() == ["Nine; no."]
    assert ana.llm_saw(0) == ["When do you open?"]
    assert ana.llm_saw(1) == ["When do you open?\n\nAnd Sunday?"]
    assert ana.last.in_reply_to == tuple(ana.sids)


def test_the_llm_is_asked_again_at_most_twice() -> None:
    ana = Conversation(
        lambda: ana.says("two") and "to one",
        lambda: ana.says("three") and "to one and two",
        lambda: ana.says("four") and "to the first three",
        "to four",
    )
    ana.says("one")
    assert ana.hears() == ["to the first three", "to four"]
    assert [len(turn.in_reply_to) for turn in ana.chat.turns[-2:]] == [3, 1]
    assert ana.llm_saw() == ["one\n\ntwo\n\nthree", "to the first three", "four"]


def test_an_answer_holds_when_the_llm_fails_at_being_asked_again() -> None:
    ana = Conversation(lambda: ana.says("And Sunday?") and "Nine.", AWAY, "No.")
    ana.says("When do you open?")
    assert ana.hears() == ["Nine.", "No."]


def test_a_command_while_the_llm_works_comes_after_the_answer() -> None:
    ana = Conversation(lambda: ana.says("/help") and "Nine.")
    ana.says("When do you open?")
    assert ana.hears() == ["Nine.", HELP]
    assert len(ana.thoughts.prompts) == 1


@pytest.mark.parametrize(
    ("text", "fields", "heard"),
    [
        ("\u201cStop\u201d please!", {}, [sentences.STOPPED]),
        ("arret", {"OptOutType": "STOP"}, []),
    ],
)
def test_a_stop_while_the_llm_works_ends_the_answer(
    text: str, fields: dict[str, str], heard: list[str]
) -> None:
    ana = Conversation(lambda: ana.says(text, 0, **fields) and "Nine.")
    ana.says("When do you open?")
    assert ana.hears() == heard
    assert ana.transcript[2] == f"system: {sentences.NOT_ANSWERED_STOPPED_SINCE}"
    assert ana.chat.opted_out
    assert ana.chat.unanswered() == ()


def test_a_stop_ends_the_llm_s_next_tries_and_the_apology() -> None:
    ana = Conversation(AWAY)
    ana.says("When do you open?")
    assert ana.is_kept_waiting()
    ana.says("stop")
    assert ana.talk.give_up(ana.chat_id, "it always fails")[0].parts == ()
    assert ana.hears() == [sentences.STOPPED]


def test_the_bot_waits_for_a_moment_of_quiet() -> None:
    ana = Conversation("Both.", pace=PATIENT, stopping=Waits(lambda: ana.says("two")))
    ana.says("one", minutes=1.5)
    ana.says("and")
    assert ana.hears()[0] == "Both."
    assert ana.llm_saw(0) == ["one\n\nand\n\ntwo\n\ntwo\n\ntwo"]


def test_the_bot_waits_three_times_at_most_and_for_no_more_than_is_left() -> None:
    waits = Waits()
    ana = Conversation("Yes.", pace=PATIENT, stopping=waits)
    ana.says("Hi", minutes=0.5)
    ana.hears()
    assert waits.seconds == [pytest.approx(30, abs=5)] * 3


def test_a_user_who_is_quiet_is_not_waited_for() -> None:
    waits = Waits()
    ana = Conversation("Yes.", pace=PATIENT, stopping=waits)
    ana.says("Hi", minutes=2)
    assert ana.hears() == ["Yes."]
    assert waits.seconds == []


def test_a_clock_that_is_behind_makes_no_wait_longer() -> None:
    waits = Waits()
    ana = Conversation("Yes.", pace=PATIENT, stopping=waits)
    ana.says("Hi", minutes=-60)
    ana.hears()
    assert waits.seconds == [60] * 3


def test_a_bot_that_is_stopping_waits_no_more() -> None:
    ana = Conversation("Yes.", pace=replace(PACE, quiet_seconds=3600))
    ana.talk.stopping.set()
    ana.says("Hi")
    assert ana.hears() == ["Yes."]


def test_an_answer_that_somebody_else_stored_first_is_not_said_again() -> None:
    def overtaken() -> str:
        ana.talk.give_up(ana.chat_id, "thought dead")
        return "too late"

    ana = Conversation(overtaken)
    ana.says("Hi")
    assert ana.hears() == []
    assert ana.bot_said == [sentences.GIVEN_UP]


def test_a_store_that_takes_no_answer_costs_no_more_than_one_prompt() -> None:
    ana = Conversation(store=RefusingStore(timedelta(days=1)))
    ana.says("Hi")
    assert ana.hears() == []
    assert len(ana.thoughts.prompts) == 1


# Commands


def test_new_opens_a_chat_that_knows_nothing_of_the_old_one() -> None:
    ana = Conversation("Hello Ana!", "I don't know.")
    first = ana.says("I am Ana.")
    ana.hears()
    assert ana.says("/new") != first
    assert ana.hears() == [sentences.NEW_CHAT]
    ana.says("Who am I?")
    assert ana.hears() == ["I don't know."]
    assert ana.llm_saw() == ["Who am I?"]


def test_between_stop_and_start_there_are_no_answers() -> None:
    ana = Conversation("Yes.")
    for text in ("STOP", "Hello?", "/help", "yes", "START", "Open?"):
        ana.says(text)
    assert ana.hears() == [sentences.STOPPED, sentences.STARTED, "Yes."]
    assert ana.llm_saw() == ["Open?"]
    assert ana.hears() == []


def test_a_stop_that_twilio_answered_silences_the_bot_too() -> None:
    ana = Conversation("Yes.")
    ana.says("arret", OptOutType="STOP")
    ana.says("Hello?")
    assert ana.hears() == []
    ana.says("Debut", OptOutType="START")
    ana.says("Hello?")
    assert ana.hears() == ["Yes."]


def test_a_voice_message_gets_its_sentence_without_an_llm() -> None:
    ana = Conversation()
    ana.says("", NumMedia="1", MediaContentType0="audio/ogg", MediaUrl0="https://m")
    assert ana.hears() == [sentences.UNREADABLE["audio"]]
    assert ana.thoughts.prompts == []
    assert ana.chat.turns[0].media == ({"type": "audio/ogg", "url": "https://m"},)
