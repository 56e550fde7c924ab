"""Calls that an operator has to allow, on the page of their chat."""

from uuid import UUID

import pytest

from bot.console.operators import Operator
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Call
from db.tools.calls import ToolCalls
from tests.bot.console.chat.conftest import Desk, Seat
from tests.bot.console.pages import HOSTILE, assert_harmless
from tests.db.sql import rows, value
from tests.db.tools.ledger import asked, call_of

LEDGER = "SELECT state, approved_by, error FROM tool_calls"
JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'carry_out_call'"
AUDIT = "SELECT actor_id, action, details FROM audit_log WHERE action LIKE 'call%%'"


@pytest.fixture
def call(pg: PostgresChatStore, database: Database, ana: UUID) -> Call:
    """What Ana asked for, and somebody has to allow."""
    called_for = asked(pg).called_for
    assert called_for.user_id == ana
    wanted = call_of(called_for, state="waiting", arguments={"name": HOSTILE, "n": 4})
    assert ToolCalls(database).write(wanted, called_for) == "begun"
    return wanted


@pytest.fixture
def petes(seat: Seat, pete: Operator) -> Desk:
    """Another operator at Ana's chat."""
    return seat(pete)


@pytest.mark.parametrize("answer", ["allow", "refuse"])
def test_an_operator_decides_once(
    database: Database, desk: Desk, petes: Desk, call: Call, answer: str
) -> None:
    page = desk.page()
    assert_harmless(page)
    assert "book_table" in page
    assert desk.post(f"calls/{call.call_id}", answer="perhaps").status_code == 400
    assert desk.post(f"calls/{call.call_id}", answer=answer).status_code == 303
    by = str(desk.operator.user_id)
    decided = ("waiting", by, None), ("refused", None, "an operator refused it")
    assert rows(database, LEDGER) == [decided[answer == "refuse"]]
    assert "Waits to be allowed" not in desk.page()
    other = "refuse" if answer == "allow" else "allow"
    petes.post(f"calls/{call.call_id}", answer=other)
    assert "It waits no more" in petes.page()
    assert value(database, JOBS) == 1
    action = "call allowed" if answer == "allow" else "call refused"
    told = {"call_id": str(call.call_id)}
    assert rows(database, AUDIT) == [(desk.operator.user_id, action, told)]


def test_a_call_is_decided_at_its_own_person_alone(
    database: Database, desk: Desk, call: Call
) -> None:
    nobody = UUID(int=7)
    path = f"/chats/{nobody}/calls/{call.call_id}"
    desk.client.post(path, data={"answer": "allow"})
    assert rows(database, LEDGER) == [("waiting", None, None)]
