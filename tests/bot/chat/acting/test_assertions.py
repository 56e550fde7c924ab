"""An answer that claims what no tool did is made again, or told as it is."""

from dataclasses import replace

import pytest

from bot.chat.answering import Answering
from bot.chat.assertions.sentences import NOT_DONE, NOT_KNOWN, NOTHING_NEW
from bot.chat.sentences import PASSED_ON
from bot.llm.protocol import LLMError
from tests.bot.chat.acting.diner import Guest, asks
from tests.scripted_llm import Script

SOUP = {"dish": "soup"}
RESERVED = Script(text="I have reserved a table for 4. See you!")


def noted(ana: Guest) -> str:
    """What the LLM was told of its answer, last."""
    last = ana.server.prompts[-1][-1]
    assert last["role"] == "user"
    return str(last["content"])


def test_an_answer_that_claims_what_was_not_done_is_made_again(ana: Guest) -> None:
    """The tool that it forgot is called then."""
    ana.server.next(RESERVED, asks(("reserve", {"people": 4})), RESERVED)
    ana.says("A table for 4")
    assert ana.hears() == ["I have reserved a table for 4. See you!"]
    assert ana.kitchen.done == ["table for 4"]
    told = ana.server.prompts[1]
    assert told[-2] == {"role": "assistant", "content": RESERVED.text}
    assert "'I have reserved a table for 4.'" in told[-1]["content"]
    assert (
        "Calls for these messages: nothing. Done before: nothing."
        in (told[-1]["content"])
    )
    assert ana.chat.owner == "bot"


def test_who_claims_it_again_is_not_believed_and_a_person_is_called(
    ana: Guest,
) -> None:
    ana.server.next(RESERVED, Script(text="Good news! I've reserved it. Bye!"))
    ana.says("A table for 4")
    assert ana.hears() == [f"Good news! {NOT_DONE} Bye!\n\n{PASSED_ON}"]
    assert (ana.chat.owner, ana.last.hands_over) == ("queue", "effect")
    assert ana.calls == []


def test_where_there_are_no_people_it_is_only_told(ana: Guest) -> None:
    ana.without_people()
    answering = ana.talk.answering
    assert isinstance(answering, Answering)
    alone = replace(answering, policy=replace(answering.policy, handoff=None))
    ana.talk = replace(ana.talk, answering=alone)
    ana.server.next(RESERVED, RESERVED)
    ana.says("A table for 4")
    assert ana.hears() == [f"{NOT_DONE} See you!"]
    assert ana.chat.owner == "bot"


def test_what_was_done_may_be_said_and_said_again(ana: Guest) -> None:
    ana.server.next(asks(("reserve", {"people": 4})), RESERVED)
    ana.says("A table for 4")
    ana.hears()
    ana.server.next(Script(text="Yes, your table for 4 has been reserved."))
    ana.says("Is it reserved?")
    assert ana.hears() == ["Yes, your table for 4 has been reserved."]
    assert len(ana.server.requests) == 3


def test_what_was_done_and_never_told_may_be_said(ana: Guest) -> None:
    ana.server.next(asks(("reserve", {"people": 4})), Script(text="One moment."))
    ana.says("A table for 4")
    ana.hears()
    ana.server.next(Script(text="Yes, I have reserved it."))
    ana.says("Is it reserved?")
    assert ana.hears() == ["Yes, I have reserved it."]


def test_another_one_is_not_borne_out_by_the_first(ana: Guest) -> None:
    ana.server.next(asks(("reserve", {"people": 4})), RESERVED)
    ana.says("A table for 4")
    ana.hears()
    second = Script(text="I have reserved another table for 6.")
    ana.server.next(second, second)
    ana.says("And one for 6")
    assert ana.hears() == [f"{NOTHING_NEW}\n\n{PASSED_ON}"]
    assert 'Done before: reserve {"people":4} (done)' in noted(ana).replace(": 4", ":4")


def test_another_act_is_not_borne_out_and_a_failed_one_neither(ana: Guest) -> None:
    ana.kitchen.fails += ["order of soup"] * 2
    wrong = Script(text="I have ordered the soup.")
    ana.server.next(
        asks(("order", SOUP)), wrong, Script(text="Sorry, that did not work.")
    )
    ana.says("Soup!")
    assert ana.hears() == ["Sorry, that did not work."]
    assert "(failed). Done" in noted(ana)


def test_what_nobody_knows_is_not_said_to_be_undone(ana: Guest) -> None:
    ana.kitchen.hangs.append("order of soup")
    wrong = Script(text="I have ordered the soup.")
    ana.server.next(asks(("order", SOUP)), wrong, wrong)
    ana.says("Soup!")
    assert ana.hears() == [f"{NOT_KNOWN}\n\n{PASSED_ON}"]


def test_what_a_tool_told_may_be_said(ana: Guest) -> None:
    """A result that says it bears out that it is so, not that we did it."""
    ana.kitchen.costs = "status: reserved"
    ana.server.next(asks(("price", SOUP)), Script(text="Your soup was reserved."))
    ana.says("What about my soup?")
    assert ana.hears() == ["Your soup was reserved."]
    ana.server.next(asks(("price", SOUP)), RESERVED, Script(text="Sorry, no."))
    ana.says("A table for 4")
    assert ana.hears() == ["Sorry, no."]


def test_what_was_said_before_something_was_done_is_not_said_after_it(
    ana: Guest,
) -> None:
    """The LLM is away behind a call: another try tells what came of that."""
    ana.server.next(RESERVED, asks(("reserve", {"people": 8})), Script(status=500))
    ana.says("A table for 8")
    with pytest.raises(LLMError) as failed:
        ana.hears()
    assert failed.value.acted
    ana.server.next(Script(text="I have reserved a table for 8."))
    assert ana.hears() == ["I have reserved a table for 8."]
    assert ana.kitchen.done == ["table for 8"]


def test_a_long_sentence_is_replaced_as_a_whole(ana: Guest) -> None:
    long = Script(text=f"I have reserved a table {'so fine ' * 200}for you. See you!")
    ana.server.next(long, long)
    ana.says("A table for 4")
    assert ana.hears() == [f"{NOT_DONE} See you!\n\n{PASSED_ON}"]


def test_an_llm_that_is_away_then_leaves_what_is_true(ana: Guest) -> None:
    ana.server.next(RESERVED, Script(status=500))
    ana.says("A table for 4")
    assert ana.hears() == [f"{NOT_DONE} See you!\n\n{PASSED_ON}"]
