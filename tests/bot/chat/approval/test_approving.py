"""A call that its user allows: once, whenever and however often they tap."""

from functools import partial

import pytest

from bot.chat.acting.sentences import MAY_BE_DONE
from bot.chat.approval.approving import APPROVAL, MOST_ASKED
from bot.chat.approval.sentences import ALREADY_DECIDED, NOT_OPEN
from bot.llm.protocol import LLMError
from bot.tools import words
from bot.tools.approval.waiting import SAID_NO
from tests.bot.chat.acting.diner import asks
from tests.bot.chat.approval.diners import Diner
from tests.db.sql import change, rows
from tests.scripted_llm import Script


def test_what_is_allowed_is_done_once_whatever_is_tapped(ana: Diner) -> None:
    question = ana.wants()
    assert question.content == "Gladly.\n\nA table for 4?\n\n1. Yes\n2. No"
    assert (ana.booked, ana.kept) == ([], [("4", "waiting")])
    ana.server.next(Script(text="Your table is booked."))
    assert ana.taps(question) == ["Your table is booked."]
    assert ana.results() == ["Booked for 4."]
    assert "call:" not in str(ana.server.prompts)
    assert ana.taps(question) == [ALREADY_DECIDED]
    assert ana.taps(question, "no") == [ALREADY_DECIDED]
    assert (ana.booked, ana.kept) == ([4], [("4", "done")])
    who = "SELECT approved_by, message_sid FROM tool_calls"
    assert rows(ana.database, who) == [("customer", ana.sids[1])]


@pytest.mark.parametrize(
    "said", ["s\u00ed", "1", "\U0001f44d"], ids=["es", "1", "thumb"]
)
def test_it_is_allowed_by_words_too(ana: Diner, said: str) -> None:
    ana.wants()
    ana.says(said)
    ana.hears()
    assert ana.booked == [4]


def test_only_a_quote_of_the_question_allows_it(ana: Diner) -> None:
    ana.says("Hello")
    ana.hears()
    ana.wants()
    change(
        ana.database, "UPDATE reply_parts SET message_sid = 'SM' || md5(part_id::text)"
    )
    sid = "SELECT message_sid FROM reply_parts ORDER BY created_at"
    (hello,), (question,) = rows(ana.database, sid)
    ana.says("ok", OriginalRepliedMessageSid=str(hello))
    ana.hears()
    assert ana.booked == []
    ana.says("ok", OriginalRepliedMessageSid=str(question))
    ana.hears()
    assert ana.booked == [4]


def test_a_yes_before_a_command_allows_nothing_and_a_no_refuses(ana: Diner) -> None:
    for word, state in (("yes", "waiting"), ("no", "refused")):
        payload = f"{ana.wants().asks}:{word}"
        ana.says(word, ButtonText=word, ButtonPayload=payload)
        ana.says("/help")
        ana.hears()
        assert ana.booked == []
        assert ana.kept[-1] == ("4", state)


def test_a_call_for_which_no_time_is_left_is_not_begun(ana: Diner) -> None:
    payload = f"{ana.wants().asks}:yes"
    ana.says("Yes", ButtonText="Yes", ButtonPayload=payload)
    with pytest.raises(LLMError, match="no time left"):
        ana.talk.answering.answer(ana.chat, ana.chat.unanswered(), 0)
    assert (ana.booked, ana.kept) == ([], [("4", "waiting")])
    ana.hears()
    assert ana.booked == [4]


def test_a_no_is_told_and_nothing_happens_afterwards(ana: Diner) -> None:
    question = ana.wants()
    ana.server.next(Script(text="As you like."))
    assert ana.taps(question, "no") == ["As you like."]
    assert ana.results() == [SAID_NO]
    assert ana.taps(question) == [NOT_OPEN]
    assert (ana.booked, ana.kept) == ([], [("4", "refused")])


def test_changed_arguments_ask_anew_and_the_old_button_is_dead(ana: Diner) -> None:
    old, new = ana.wants(4), ana.wants(5)
    assert new.content.startswith("Gladly.\n\nA table for 5?")
    assert ana.taps(old) == [NOT_OPEN]
    assert ana.booked == []
    ana.taps(new)
    assert (ana.booked, ana.kept) == ([5], [("4", "refused"), ("5", "done")])


def test_who_allows_a_call_differs_by_what_it_acts_on(ana: Diner) -> None:
    assert ana.wants(2, "seat").content == "Gladly."
    assert ana.booked == [2]
    question = ana.wants(4, "seat")
    assert question.content.startswith(
        "Gladly.\n\nShall I do this for you: seat (people: 4)?"
    )
    ana.taps(question)
    assert ana.wants(12, "seat").hands_over == APPROVAL
    assert ana.booked == [2, 4]
    assert ana.kept == [("2", "done"), ("4", "done"), ("12", "waiting")]


def test_a_call_that_was_dropped_meanwhile_may_be_asked_for_again(ana: Diner) -> None:
    four, five = ("book", {"people": 4}), ("book", {"people": 5})
    for said in ("no, 5", "4 after all"):
        ana.llm.meanwhile += [lambda: None, partial(ana.says, said)]
    ana.server.next(
        asks(four), Script(text="For 4."), asks(five), Script(text="For 5."),
        asks(four), Script(text="Back to 4."),
    )  # fmt: skip
    ana.says("4")
    assert ana.hears() == ["Back to 4.\n\nA table for 4?\n\n1. Yes\n2. No"]
    assert ana.results(-1)[0] == words.DROPPED
    assert ana.kept == [("4", "refused"), ("5", "refused"), ("4", "waiting")]


def test_a_vague_answer_asks_again_and_not_for_ever(ana: Diner) -> None:
    question = ana.wants()
    for _ in range(MOST_ASKED - 1):
        ana.server.next(Script(text="Ha."))
        ana.says("lol")
        assert ana.hears() == ["Ha.\n\nA table for 4?\n\n1. Yes\n2. No"]
        assert ana.last.asks == question.asks
    ana.says("lol")
    assert ana.hears() == ["You said: lol"]
    assert (ana.booked, ana.kept) == ([], [("4", "refused")])


def test_what_is_allowed_too_late_is_not_done(ana: Diner) -> None:
    question = ana.wants()
    change(ana.database, "UPDATE tool_calls SET created_at = now() - interval '61 min'")
    assert ana.taps(question) == [NOT_OPEN]
    assert (ana.booked, ana.kept) == ([], [("4", "refused")])


def test_nobody_allows_what_is_somebody_elses(ana: Diner) -> None:
    question = ana.wants()
    payload = f"{question.asks}:yes"
    other = "whatsapp:+15550009999"
    ana.says("Yes", From=other, ButtonText="Yes", ButtonPayload=payload)
    ana.hears()
    assert (ana.booked, ana.kept) == ([], [("4", "waiting")])


@pytest.mark.parametrize("name", ["book", "move"])
def test_killed_behind_its_effect_it_is_repeated_only_with_its_key(
    ana: Diner, name: str
) -> None:
    question = ana.wants(tool=name)
    ana.oven.kills = True
    with pytest.raises(KeyboardInterrupt):
        ana.taps(question)
    ana.oven.kills = False
    ana.server.next(Script(text="Here we are."))
    (heard,) = ana.hears()
    if name == "book":
        assert (ana.booked, ana.kept) == ([4], [("4", "unknown")])
        assert "person of our team" in heard
    else:
        first, second = ana.booked
        assert first == second
        assert (heard, ana.kept) == ("Here we are.", [("4", "done")])


def test_killed_before_its_answer_it_is_not_done_again(ana: Diner) -> None:
    question = ana.wants()
    ana.server.next(Script(status=500))
    payload = f"{question.asks}:yes"
    ana.says("Yes", ButtonText="Yes", ButtonPayload=payload)
    assert ana.is_kept_waiting()
    ana.server.next(Script(text="Booked."))
    assert ana.hears() == ["Booked."]
    assert (ana.booked, ana.kept) == ([4], [("4", "done")])


def test_whose_answer_never_comes_is_told_that_it_may_be_done(ana: Diner) -> None:
    question = ana.wants()
    ana.server.next(Script(status=500))
    payload = f"{question.asks}:yes"
    ana.says("Yes", ButtonText="Yes", ButtonPayload=payload)
    assert ana.is_kept_waiting()
    ana.talk.give_up(ana.chat_id, "the LLM is away")
    assert (ana.booked, ana.kept) == ([4], [("4", "done")])
    assert ana.last.content.startswith(f"{MAY_BE_DONE}\n\n")
    assert (ana.chat.owner, ana.last.hands_over) == ("queue", "effect")


def test_who_stopped_allows_nothing(ana: Diner) -> None:
    question = ana.wants()
    ana.says("STOP")
    ana.hears()
    assert ana.taps(question) == []
    assert (ana.booked, ana.kept) == ([], [("4", "waiting")])
