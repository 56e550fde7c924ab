"""After a restore of an older backup no effect of a tool happens a second time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from db.backups.since_backup import doubt_all, find_open, tell_what_happened
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.records import Call, Decided
from db.support.allowing import Allowing
from db.tools.approvals import PostgresApprovals
from db.tools.calls import ToolCalls
from tests.conftest import new_database
from tests.db.sql import change, opened, rows, take_in, value, values
from tests.db.tools.ledger import Asked, asked, call_of
from tests.records import BEN, answer_to, said

LAID_OUT = "SELECT message_sid, position, tool, state FROM tool_calls ORDER BY 1, 2"
STATES = "SELECT tool, state FROM tool_calls ORDER BY tool"
JOBS = """
SELECT args ->> 'call_id' FROM procrastinate_jobs
WHERE task_name = 'carry_out_call' ORDER BY 1
"""
TICKETS = "SELECT subject FROM support_tickets"
YES = Decided(allows=True, by="customer", lasts=timedelta(hours=1), told="no")


class Copies:
    """The database in use, and copies of it: what a backup is restored to."""

    def __init__(self, live: Database, server: EmbeddedPostgres) -> None:
        self.live, self.server = live, server
        self.pg = PostgresChatStore(live, timedelta(days=1))
        self.ledger = ToolCalls(live)

    def writes(self, whom: Asked, position: int = 0, **known: Any) -> Call:
        call = call_of(whom.called_for, position, **known)
        assert self.ledger.write(call, whom.called_for) == "begun"
        return call

    def does(self, whom: Asked, position: int = 0, tool: str = "book_table") -> Call:
        call = self.writes(whom, position, tool=tool)
        assert self.ledger.settle(call.call_id, "done", "Table 4.")
        return call

    @contextmanager
    def copied(self) -> Iterator[Database]:
        self.live.close()
        template = f"TEMPLATE {self.live.name} STRATEGY file_copy"
        with new_database(self.server, template) as url, opened(url) as copy:
            yield copy

    def tell(self, copy: Database, *, parted: bool = False) -> None:
        made_at = value(copy, "SELECT now()") - timedelta(minutes=5)
        tell_what_happened(self.live, copy, made_at, find_open(copy), parted=parted)


@pytest.fixture
def copies(database: Database, postgres: EmbeddedPostgres) -> Copies:
    return Copies(database, postgres)


def test_what_was_done_since_is_shown_for_the_batch_that_is_open(
    copies: Copies,
) -> None:
    ana = asked(copies.pg)
    with copies.copied() as copy:
        copies.does(ana)
        left = copies.writes(ana, 1, tool="pay")
        copies.ledger.settle(left.call_id, "unknown", "?", "it hung")
        copies.tell(copy)
        sid = ana.called_for.message_sid
        assert ToolCalls(copy).find(sid) == copies.ledger.find(sid)
        assert len(copies.ledger.find(sid)) == 2
        assert find_open(copy) == {ana.called_for.chat_id: [sid]}


def test_a_yes_of_before_allows_nothing_that_was_done_since(copies: Copies) -> None:
    ana = asked(copies.pg)
    call = copies.writes(ana, state="waiting")
    still = copies.writes(ana, 1, state="waiting", tool="pay")
    assert copies.pg.record_reply(ana.called_for.chat_id, answer_to(ana.message))
    with copies.copied() as copy:
        yes = asked(copies.pg, "Yes").called_for
        approvals = PostgresApprovals(copies.live)
        assert approvals.decide(call.call_id, yes, YES) == "begun"
        copies.ledger.settle(call.call_id, "done", "Table 4.")
        copies.tell(copy)
        (now,) = ToolCalls(copy).find(yes.message_sid)
        assert (now.call_id, now.state, now.approved_by) == (
            call.call_id, "done", "customer"
        )  # fmt: skip
        (waits,) = PostgresApprovals(copy).waiting(call.user_id, ["book_table", "pay"])
        assert waits.call_id == still.call_id
        again = asked(PostgresChatStore(copy, timedelta(days=1)), "Yes").called_for
        assert PostgresApprovals(copy).decide(call.call_id, again, YES) == "taken"


def test_what_is_answered_in_one_batch_here_is_shown_with_all_that_was_done(
    copies: Copies,
) -> None:
    """Two answers, of which nothing was sent: both messages are taken in again."""
    with copies.copied() as copy:
        whom = [asked(copies.pg, text) for text in ("Hi", "A table", "And wine")]
        for one in whom:
            assert copies.pg.record_reply(
                one.called_for.chat_id, answer_to(one.message)
            )
        # (Who was answered calls nothing: these calls came before their answers.)
        for one, tool in zip(whom[1:], ("book_table", "order"), strict=True):
            known = {"sid": one.message.message_sid, "tool": tool}
            change(copies.live, LATE_CALL, **known)
        copies.tell(copy)
        pg = PostgresChatStore(copy, timedelta(days=1))
        for one in whom:
            take_in(pg, one.message)
        (sids,) = find_open(copy).values()
        found = ToolCalls(copy).find(sids[0])
        assert [(call.position, call.tool) for call in found] == [
            (0, "book_table"), (1, "order")
        ]  # fmt: skip


LATE_CALL = """
INSERT INTO tool_calls (call_id, user_id, chat_id, message_sid, position, tool,
                        arguments, state, result)
SELECT gen_random_uuid(), customer_id, chat_id, %(sid)s, 0, %(tool)s, '{}', 'done', '4'
FROM userchats
"""


def test_no_two_calls_have_one_place(copies: Copies) -> None:
    """Each of two databases made other calls for the same message."""
    ana = asked(copies.pg)
    with copies.copied() as copy:
        here = ToolCalls(copy)
        for position, tool in enumerate(("mine", "mine_too")):
            mine = call_of(ana.called_for, position, "refused", tool)
            assert here.write(mine, ana.called_for) == "begun"
        for position, tool in enumerate(("theirs", "theirs_too")):
            copies.does(ana, position, tool)
        copies.tell(copy, parted=True)
        sid = ana.called_for.message_sid
        assert rows(copy, LAID_OUT) == [
            (sid, 0, "theirs", "done"), (sid, 1, "theirs_too", "done"),
            (sid, 2, "mine", "refused"), (sid, 3, "mine_too", "refused"),
        ]  # fmt: skip


def test_people_are_known_by_their_address(copies: Copies) -> None:
    with copies.copied() as copy:
        pg = PostgresChatStore(copy, timedelta(days=1))
        asked(pg)  # the same person, by another user_id
        ana, ben = asked(copies.pg), said("Cake!", BEN)
        copies.does(ana)
        copies.pg.record_reply(ana.called_for.chat_id, answer_to(ana.message))
        copies.pg.record_reply(take_in(copies.pg, ben), answer_to(ben, parts=()))
        change(copies.live, LATE_CALL_OF, sid=ben.message_sid, address=BEN)
        copies.tell(copy)
        known = "SELECT phone_number, tool FROM tool_calls JOIN users USING (user_id)"
        assert rows(copy, known) == [(ana.message.address, "book_table")]


LATE_CALL_OF = """
INSERT INTO tool_calls (call_id, user_id, chat_id, message_sid, position, tool,
                        arguments, state, result)
SELECT gen_random_uuid(), user_id, 'c', %(sid)s, 0, 'bake', '{}', 'done', '4'
FROM users WHERE phone_number = %(address)s
"""


def test_what_an_operator_allowed_is_carried_out_where_it_is_not_yet(
    copies: Copies,
) -> None:
    ana = asked(copies.pg)
    done, later, still = (
        copies.writes(ana, position, state="waiting", tool=tool)
        for position, tool in enumerate(("done", "later", "still"))
    )
    allowing = Allowing(copies.live)
    assert allowing.decide(done, allows=True)
    with copies.copied() as copy:
        assert allowing.begin(done)
        copies.ledger.settle(done.call_id, "done", "Table 4.")
        change(copies.live, "DELETE FROM procrastinate_jobs WHERE args ? 'call_id'")
        assert allowing.decide(later, allows=True)
        copies.tell(copy)
        assert values(copy, JOBS) == [str(later.call_id)]
        assert not Allowing(copy).begin(done)
        assert [c.call_id for c in Allowing(copy).waiting()] == [still.call_id]
        assert Allowing(copy).begin(later)


def test_where_nobody_can_tell_nothing_begins_and_a_person_is_called_once(
    copies: Copies,
) -> None:
    ana = asked(copies.pg)
    copies.writes(ana, tool="begun")
    copies.does(ana, 1, "done")
    copies.writes(ana, 2, state="waiting", tool="waits")
    allowed = copies.writes(ana, 3, state="waiting", tool="allowed")
    assert Allowing(copies.live).decide(allowed, allows=True)
    with copies.copied() as copy:
        doubt_all(copy, find_open(copy))
        assert rows(copy, STATES) == [
            ("allowed", "unknown"), ("begun", "unknown"), ("done", "done"),
            ("waits", "refused"),
        ]  # fmt: skip
        why = "SELECT count(*) FROM tool_calls WHERE error LIKE %(words)s"
        assert value(copy, why, words="it was open in a backup%") == 2
        assert value(copy, why, words="it waited in a backup%") == 1
        assert values(copy, JOBS) == []
        assert values(copy, "SELECT owner_reason FROM users") == ["effect"]
        assert ToolCalls(copy).sweep(timedelta(), None, "left") == 0
        assert values(copy, TICKETS) == ["unclear: allowed, begun"]


def test_a_witness_that_lost_a_call_says_nothing_of_it(copies: Copies) -> None:
    ana = asked(copies.pg)
    copies.writes(ana, tool="begun")
    copies.writes(ana, 1, state="waiting", tool="waits")
    with copies.copied() as copy:
        change(copies.live, "DELETE FROM tool_calls")
        copies.tell(copy)
        assert rows(copy, STATES) == [("begun", "unknown"), ("waits", "refused")]
        assert values(copy, TICKETS) == ["unclear: begun"]
