"""A call that an operator has to allow: once, and its user is told once."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.chat.approval import sentences
from bot.tools.approval.waiting import ASKED_OPERATOR
from bot.tools.python_tools import PythonTools
from bot.worker.acting.carrying_out import CarryingOut
from db.records import Call
from db.support.allowing import APPROVAL, Allowing
from tests.bot.chat.approval.diners import Diner
from tests.db.sql import change, rows, value

JOBS = """
SELECT args ->> 'call_id' FROM procrastinate_jobs WHERE task_name = 'carry_out_call'
"""
WHAT = "refund (people: 4)"


def work_of(ana: Diner) -> CarryingOut:
    allowing = Allowing(ana.database)
    return CarryingOut(ana.oven, ana.ledger, allowing, timedelta(hours=8))


def asked(ana: Diner, tool: str = "refund") -> Call:
    """Have the LLM ask for what an operator has to allow; return the call."""
    ana.wants(tool=tool, said="I ask my colleagues.")
    (call,) = Allowing(ana.database).waiting()
    return call


def told(ana: Diner, sentence: str) -> int:
    """How often Ana was told that."""
    said = sentence.format(what=WHAT)
    turns = [turn for turn in ana.chat.turns if turn.content == said]
    parts = rows(ana.database, "SELECT body FROM reply_parts")
    assert [body for (body,) in parts].count(said) == len(turns)
    return len(turns)


def test_what_is_allowed_is_done_and_told_once_and_the_bot_is_back(ana: Diner) -> None:
    call = asked(ana)
    assert ana.results() == [ASKED_OPERATOR]
    assert ana.last.hands_over == APPROVAL
    assert (ana.chat.owner, ana.booked) == ("queue", [])
    allowing, work = Allowing(ana.database), work_of(ana)
    work.carry_out(call.call_id)  # nobody has allowed it
    assert ana.booked == []
    assert allowing.decide(call, allows=True)
    assert not allowing.decide(call, allows=False)
    assert rows(ana.database, JOBS) == [(str(call.call_id),)]
    for _ in range(3):
        work.carry_out(call.call_id)
    assert (ana.booked, ana.kept) == ([4], [("4", "done")])
    assert told(ana, sentences.TEAM_DID) == 1
    assert ana.chat.owner == "bot"
    assert value(ana.database, "SELECT approved_by FROM tool_calls") == "operator"
    assert allowing.waiting() == []


def test_what_is_refused_is_told_and_never_done(ana: Diner) -> None:
    call = asked(ana)
    assert Allowing(ana.database).decide(call, allows=False)
    for _ in range(2):
        work_of(ana).carry_out(call.call_id)
    assert (ana.booked, ana.kept) == ([], [("4", "refused")])
    assert told(ana, sentences.TEAM_REFUSED) == 1
    assert ana.chat.owner == "bot"


@pytest.mark.parametrize("tool", ["refund", "rebate"])
def test_killed_behind_its_effect_it_is_repeated_only_with_its_key(
    ana: Diner, tool: str
) -> None:
    call, work = asked(ana, tool), work_of(ana)
    Allowing(ana.database).decide(call, allows=True)
    ana.oven.kills = True
    with pytest.raises(KeyboardInterrupt):
        work.carry_out(call.call_id)
    ana.oven.kills = False
    for _ in range(2):
        work.carry_out(call.call_id)
    if tool == "refund":
        assert (ana.booked, ana.kept) == ([4], [("4", "unknown")])
        assert told(ana, sentences.TEAM_UNCLEAR) == 1
        assert ana.chat.owner == "queue"
    else:
        assert ana.booked[0] == ana.booked[1]
        assert ana.kept == [("4", "done")]


def test_what_may_have_been_done_by_a_tool_that_is_gone_by_now_is_unclear(
    ana: Diner,
) -> None:
    call, work = asked(ana), work_of(ana)
    Allowing(ana.database).decide(call, allows=True)
    ana.oven.kills = True
    with pytest.raises(KeyboardInterrupt):
        work.carry_out(call.call_id)
    replace(work, box=PythonTools([])).carry_out(call.call_id)
    assert (ana.booked, ana.kept) == ([4], [("4", "unknown")])
    assert told(ana, sentences.TEAM_UNCLEAR) == 1


def test_what_was_not_begun_when_its_tool_went_is_failed(ana: Diner) -> None:
    call = asked(ana)
    Allowing(ana.database).decide(call, allows=True)
    replace(work_of(ana), box=PythonTools([])).carry_out(call.call_id)
    assert (ana.booked, ana.kept) == ([], [("4", "failed")])


def test_who_has_the_chat_tells_it_themselves(ana: Diner) -> None:
    call = asked(ana)
    change(ana.database, "UPDATE users SET owner = 'human'")
    Allowing(ana.database).decide(call, allows=True)
    for _ in range(2):
        work_of(ana).carry_out(call.call_id)
    assert (ana.booked, told(ana, sentences.TEAM_DID)) == ([4], 0)
    events = "SELECT body FROM support_messages WHERE details ->> 'call' IS NOT NULL"
    assert rows(ana.database, events) == [("allowed a call",), ("a call is done",)]


OLD = """
UPDATE userchats SET messages = (
  SELECT jsonb_agg(said || jsonb_build_object('timestamp', now() - interval '25 hours'))
  FROM jsonb_array_elements(messages) AS said)
"""


@pytest.mark.parametrize("holds", [False, True], ids=["not held", "held"])
def test_who_can_not_be_told_stays_with_a_person_unless_it_is_held(
    ana: Diner, holds: bool
) -> None:
    call = asked(ana)
    change(ana.database, OLD)
    allowing = Allowing(ana.database, holds=holds)
    allowing.decide(call, allows=True)
    for _ in range(2):
        replace(work_of(ana), allowing=allowing).carry_out(call.call_id)
    assert ana.booked == [4]
    assert told(ana, sentences.TEAM_DID) == (1 if holds else 0)
    assert ana.chat.owner == ("bot" if holds else "queue")
    is_open = "SELECT status <> 'resolved' FROM support_tickets"
    assert value(ana.database, is_open) is not holds
    events = "SELECT body FROM support_messages WHERE details ->> 'call' IS NOT NULL"
    assert rows(ana.database, events) == [("allowed a call",), ("a call is done",)]


def test_who_was_erased_is_left_alone(ana: Diner) -> None:
    work_of(ana).carry_out(UUID(int=1))
    assert ana.booked == []
