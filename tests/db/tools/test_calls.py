"""The ledger: nothing begins but what stands in it, for whom may be served."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.queue.in_hand import hold_job, in_hand
from db.records import CallState, Deed
from db.tools.calls import ToolCalls
from tests.db.sql import appears, change, value, values, waiting_backends
from tests.db.tools.ledger import asked, call_of
from tests.records import answer_to, said

STATES = "SELECT state FROM tool_calls ORDER BY position"


@pytest.fixture
def ledger(database: Database) -> ToolCalls:
    return ToolCalls(database)


def test_an_intent_is_found_again_as_it_was_written(
    pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    call = call_of(ana.called_for, arguments={"note": "caf\u00e9", "people": 4})
    assert ledger.write(call, ana.called_for) == "begun"
    (found,) = ledger.find(ana.called_for.message_sid)
    assert found.started_at is not None
    assert replace(found, created_at=None, started_at=None) == call


def test_what_is_settled_stays_so_but_for_what_nobody_knew(
    pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    call = call_of(ana.called_for)
    ledger.write(call, ana.called_for)
    assert ledger.settle(call.call_id, "unknown", "nobody knows")
    assert not ledger.settle(call.call_id, "unknown", "still nobody")
    assert ledger.settle(call.call_id, "done", "table 4\x00")
    assert not ledger.settle(call.call_id, "failed", "full")
    (found,) = ledger.find(ana.called_for.message_sid)
    assert (found.state, found.result) == ("done", "table 4\ufffd")


def test_what_was_done_for_a_user_is_found_the_newest_first(
    pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    calls = [call_of(ana.called_for, position) for position in range(3)]
    for call in calls:
        ledger.write(call, ana.called_for)
    states: tuple[CallState, ...] = ("done", "failed", "done")
    for call, state in zip(calls, states, strict=True):
        ledger.settle(call.call_id, state, "told")
    found = ledger.find_done(ana.called_for.user_id)
    assert [call.position for call in found] == [2, 0]
    assert ledger.find_done(uuid4()) == []


def test_of_two_workers_one_writes_a_position(
    pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    assert ledger.write(call_of(ana.called_for), ana.called_for) == "begun"
    assert ledger.write(call_of(ana.called_for), ana.called_for) == "taken"


ENDED = {
    "a person took the chat": "SELECT take_chat(chat_id) FROM userchats",
    "it waits for a person": "UPDATE users SET owner = 'queue'",
    "STOP": "INSERT INTO opt_outs (user_id) SELECT user_id FROM users",
    "deactivated": "UPDATE users SET is_active = false",
    "erased": "DELETE FROM userchats",
}


@pytest.mark.parametrize("statement", ENDED.values(), ids=ENDED)
def test_nothing_begins_for_whom_nobody_answers(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls, statement: str
) -> None:
    ana = asked(pg)
    open_one = call_of(ana.called_for)
    assert ledger.write(open_one, ana.called_for) == "begun"
    change(database, statement)
    late = call_of(ana.called_for, 1)
    assert ledger.write(late, ana.called_for) == "ended"
    assert ledger.begin_again(open_one.call_id, ana.called_for) == "ended"
    assert values(database, STATES) == ["intent"]


def test_nothing_begins_for_a_batch_that_was_answered(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    assert pg.record_reply(ana.called_for.chat_id, answer_to(ana.message))
    any_turns = replace(ana.called_for, turns=None)
    assert ledger.write(call_of(any_turns), any_turns) == "ended"
    assert values(database, STATES) == []


AGAIN = "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM "
AGAIN += "procrastinate_jobs"
TAKE = "UPDATE procrastinate_jobs SET status = 'doing' RETURNING id"


def test_nothing_begins_for_whose_job_is_another_workers(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    with database.transaction() as connection:
        job_id = connection.scalar(TAKE)
    begun = call_of(ana.called_for)
    with in_hand(job_id, 0):
        assert ledger.write(begun, ana.called_for) == "begun"
        change(database, AGAIN)  # the worker was silent for long
        change(database, TAKE)
        assert ledger.write(call_of(ana.called_for, 1), ana.called_for) == "ended"
        assert ledger.begin_again(begun.call_id, ana.called_for) == "ended"
    with in_hand(job_id, 1):
        assert ledger.begin_again(begun.call_id, ana.called_for) == "begun"


def test_who_is_about_to_begin_is_waited_for(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    """Whoever gets the job then has to find what was begun."""
    asked(pg)
    with database.transaction() as connection:
        job_id = connection.scalar(TAKE)
    giving = threading.Thread(target=change, args=(database, AGAIN))
    with in_hand(job_id, 0), database.transaction() as connection:
        assert hold_job(connection)
        giving.start()
        assert appears(lambda: waiting_backends(database))
    giving.join()
    assert value(database, "SELECT attempts FROM procrastinate_jobs") == 1


def test_a_newer_word_comes_before_a_call_but_not_before_one_that_may_have_been(
    pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    begun = call_of(ana.called_for)
    assert ledger.write(begun, ana.called_for) == "begun"
    asked(pg, "No, for six!")
    late = call_of(ana.called_for, 1)
    assert ledger.write(late, ana.called_for) == "overtaken"
    any_turns = replace(ana.called_for, turns=None)
    assert ledger.begin_again(begun.call_id, any_turns) == "begun"


def test_whoever_takes_the_chat_while_a_call_waits_for_the_row_is_seen(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    """The intent asks after it holds the row: not as things were when it came."""
    ana = asked(pg)
    found: list[str] = []

    def write() -> None:
        found.append(ledger.write(call_of(ana.called_for), ana.called_for))

    writing = threading.Thread(target=write)
    with database.transaction() as connection:
        connection.count("INSERT INTO opt_outs (user_id) SELECT user_id FROM users")
        connection.first("SELECT take_chat(chat_id) FROM userchats")
        writing.start()
        assert appears(lambda: waiting_backends(database))
    writing.join()
    assert found == ["ended"]


def test_an_answer_names_the_calls_it_was_made_with_or_none(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    mine, other = call_of(ana.called_for), call_of(ana.called_for, 1)
    for call in (mine, other):
        ledger.write(call, ana.called_for)
        ledger.settle(call.call_id, "done", "Done.")
    told = {"message_sid": mine.message_sid, "ids": [str(mine.call_id)]}
    reply = replace(answer_to(ana.message), deeds=(Deed("tie_calls", told),))
    assert pg.record_reply(ana.called_for.chat_id, reply)
    ties = [str(call.reference_id) for call in ledger.find(mine.message_sid)]
    assert ties == [reply.turn.reference_id, "None"]
    again = replace(answer_to(ana.message), deeds=(Deed("tie_calls", told),))
    assert pg.record_reply(ana.called_for.chat_id, again) == 0


def test_what_is_left_open_becomes_unknown_and_calls_a_person_once(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    ledger.write(call_of(ana.called_for), ana.called_for)
    hour = timedelta(hours=1)
    assert ledger.sweep(hour, hour, "nobody finished it") == 0
    change(database, "UPDATE tool_calls SET started_at = now() - interval '2 h'")
    assert ledger.sweep(hour, hour, "nobody finished it") == 1
    assert ledger.sweep(hour, hour, "nobody finished it") == 0
    assert values(database, STATES) == ["unknown"]
    assert value(database, "SELECT owner FROM users") == "queue"
    subject = value(database, "SELECT subject FROM support_tickets")
    assert subject == "unclear: book_table"


def test_a_person_who_has_the_chat_is_told_of_what_is_left_open(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    ledger.write(call_of(ana.called_for), ana.called_for)
    change(database, "SELECT take_chat(chat_id) FROM userchats")
    change(database, "UPDATE support_tickets SET status = 'snoozed'")
    change(database, "UPDATE tool_calls SET started_at = now() - interval '2 h'")
    assert ledger.sweep(timedelta(hours=1), None, "nobody finished it") == 1
    found = value(database, "SELECT status || ' ' || reason FROM support_tickets")
    assert found == "open by hand"
    alerts = (
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'alert_operators'"
    )
    assert value(database, alerts) == 1


def test_calls_of_who_is_gone_are_nobodys(
    database: Database, pg: PostgresChatStore, ledger: ToolCalls
) -> None:
    ana = asked(pg)
    call = call_of(ana.called_for)
    ledger.write(call, ana.called_for)
    change(database, "DELETE FROM userchats")
    change(database, "DELETE FROM inbound_messages")
    change(database, "DELETE FROM users")
    assert not ledger.settle(call.call_id, "done", "Done.")
    assert ledger.write(call_of(ana.called_for, 1), ana.called_for) == "ended"
    assert ledger.find(said("x").message_sid) == []
