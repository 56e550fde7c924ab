"""Calls that wait: decided once, for their own user, while they may be answered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.queue.in_hand import in_hand
from db.records import Call, CalledFor, Decided
from db.support.allowing import Allowing
from db.tools.approvals import PostgresApprovals
from db.tools.calls import ToolCalls
from tests.db.sql import change
from tests.db.tools.ledger import asked, call_of
from tests.records import BEN, answer_to, said

YES = Decided(allows=True, by="customer", lasts=timedelta(hours=1), told="no")
NO = replace(YES, allows=False)


@pytest.fixture
def approvals(database: Database) -> PostgresApprovals:
    return PostgresApprovals(database)


@pytest.fixture
def waits(database: Database, pg: PostgresChatStore) -> tuple[Call, CalledFor]:
    """A call that waits, and the batch that may decide it: the next message."""
    first = asked(pg)
    called_for = first.called_for
    call = call_of(called_for, state="waiting")
    assert ToolCalls(database).write(call, called_for) == "begun"
    assert pg.record_reply(called_for.chat_id, answer_to(first.message))
    return call, asked(pg, "Yes").called_for


Waits = tuple[Call, CalledFor]


def test_it_begins_once_however_many_decide_at_once(
    approvals: PostgresApprovals, waits: Waits
) -> None:
    call, batch = waits
    decisions = [YES, YES, NO, YES]
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda one: approvals.decide(call.call_id, batch, one), decisions)
        )
    assert sorted(found) == ["begun", "taken", "taken", "taken"]
    now = approvals.find(call.call_id, call.user_id)
    assert now is not None
    won = decisions[found.index("begun")].allows
    assert (now.state, now.approved_by) == (
        ("intent", "customer") if won else ("refused", None)
    )
    assert (now.message_sid, now.position) == (batch.message_sid, 0)
    assert approvals.waiting(call.user_id, ["book_table"]) == []


def test_it_comes_behind_what_the_batch_called_itself(
    database: Database, approvals: PostgresApprovals, waits: Waits
) -> None:
    call, batch = waits
    own = call_of(batch, 0, arguments={"people": 2})
    assert ToolCalls(database).write(own, batch) == "begun"
    assert approvals.decide(call.call_id, batch, NO) == "begun"
    first, second = ToolCalls(database).find(batch.message_sid)
    assert [first.call_id, second.call_id] == [own.call_id, call.call_id]
    assert (second.position, second.state, second.result) == (1, "refused", "no")


def test_nobody_else_decides_and_nobody_decides_nothing(
    approvals: PostgresApprovals, pg: PostgresChatStore, waits: Waits
) -> None:
    call, batch = waits
    pg.record_inbound(said("Hi", BEN))
    theirs = replace(batch, user_id=uuid4())
    assert approvals.decide(call.call_id, theirs, YES) == "ended"
    assert approvals.find(call.call_id, uuid4()) is None
    assert approvals.decide(uuid4(), batch, YES) == "taken"
    assert [w.call_id for w in approvals.waiting(call.user_id, ["book_table"])] == [
        call.call_id
    ]
    assert approvals.waiting(call.user_id, ["pay"]) == []


def test_newer_words_a_person_and_time_come_first(
    database: Database, approvals: PostgresApprovals, waits: Waits
) -> None:
    call, batch = waits
    with in_hand(0, 0):  # no such job: it was given to another worker, and is done
        assert approvals.decide(call.call_id, batch, YES) == "ended"
    fewer = replace(batch, turns=(batch.turns or 1) - 1)
    assert approvals.decide(call.call_id, fewer, YES) == "overtaken"
    change(database, "UPDATE users SET owner = 'queue'")
    assert approvals.decide(call.call_id, batch, YES) == "ended"
    change(database, "UPDATE users SET owner = 'bot'")
    change(database, "UPDATE tool_calls SET created_at = now() - interval '61 min'")
    assert approvals.decide(call.call_id, batch, YES) == "taken"
    now = approvals.find(call.call_id, call.user_id)
    assert now is not None
    assert (now.state, now.message_sid) == ("refused", call.message_sid)


def test_what_nobody_answered_in_time_is_dropped(
    database: Database, approvals: PostgresApprovals, waits: Waits
) -> None:
    call, _ = waits
    hour = timedelta(hours=1)
    assert approvals.drop_late(["book_table"], hour, "late", "told") == 0
    change(database, "UPDATE tool_calls SET created_at = now() - interval '61 min'")
    assert approvals.drop_late(["pay"], hour, "late", "told") == 0
    assert approvals.drop_late(["book_table"], hour, "late", "told") == 1
    now = approvals.find(call.call_id, call.user_id)
    assert now is not None
    assert (now.state, now.error, now.result) == ("refused", "late", "told")


def test_whatever_waits_ends_whoever_was_to_allow_it(
    database: Database, approvals: PostgresApprovals, waits: Waits
) -> None:
    call, _ = waits
    hour, allowing = timedelta(hours=1), Allowing(database)
    change(database, "UPDATE tool_calls SET created_at = now() - interval '6 days'")
    assert approvals.drop_late([], hour, "late", "told") == 0
    change(database, "UPDATE tool_calls SET created_at = now() - interval '8 days'")
    assert not allowing.decide(call, allows=True)
    assert allowing.waiting() == allowing.beginning(str(call.call_id)[:8])
    assert approvals.drop_late([], hour, "late", "told") == 1
    assert allowing.waiting() == allowing.beginning("") == []


def test_what_was_allowed_and_never_begun_ends_too(
    database: Database, approvals: PostgresApprovals, waits: Waits
) -> None:
    call, _ = waits
    assert Allowing(database).decide(call, allows=True)
    assert approvals.drop_late([call.tool], timedelta(), "late", "told") == 0
    change(database, "UPDATE tool_calls SET created_at = now() - interval '8 days'")
    assert approvals.drop_late([], timedelta(), "late", "told") == 1


def test_what_is_dropped_says_why(approvals: PostgresApprovals, waits: Waits) -> None:
    call, batch = waits
    approvals.drop([], "nothing", "told")
    approvals.drop([call.call_id], "another was asked for", "not done")
    approvals.drop([call.call_id], "twice", "twice")
    assert approvals.decide(call.call_id, batch, YES) == "taken"
    now = approvals.find(call.call_id, call.user_id)
    assert now is not None
    assert (now.state, now.error) == ("refused", "another was asked for")
    assert now.result == "not done"
