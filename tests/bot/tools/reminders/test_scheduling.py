"""Reminders as tools: asked for in words, planned once, each person's own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from bot.tools.protocol import Caller, ToolFailedError
from bot.tools.reminders.scheduling import Scheduling, build_tools
from db.chats import PostgresChatStore
from db.database import Database
from db.records import MOST_REMINDERS
from db.tools.scheduled import Reminders, cancel_by_operator, list_waiting
from tests.db.sql import change, rows, take_in
from tests.db.support.takeovers import find_user
from tests.records import ANA, BEN, said

BERLIN = ZoneInfo("Europe/Berlin")
Call = Callable[..., str]
WAITING = "SELECT text FROM scheduled_messages WHERE state = 'waiting' ORDER BY number"


@pytest.fixture
def call(database: Database, pg: PostgresChatStore) -> Call:
    """Calls a tool for Ana, or for somebody else who wrote."""
    for address in (ANA, BEN):
        take_in(pg, said("Hi", address))
    box = build_tools(Scheduling(Reminders(database), BERLIN))

    def called(
        name: str, whose: str = ANA, key: UUID | None = None, **given: object
    ) -> str:
        user_id = find_user(database, whose)
        caller = Caller(user_id=user_id, address=whose, chat_id="a")
        return box.call(name, given, caller, key or uuid4(), 10.0)

    return called


def later(**ahead: float) -> str:
    return f"{datetime.now(BERLIN) + timedelta(**ahead):%Y-%m-%dT%H:%M:%S}"


def test_it_is_planned_once_for_one_key(database: Database, call: Call) -> None:
    key = uuid4()
    told = [
        call("schedule_message", key=key, when=later(hours=2), text="Bread")
        for _ in range(2)
    ]
    assert told[0] == told[1]
    assert told[0].startswith("Scheduled as number 1, for ")
    assert "Europe/Berlin" in told[0]
    [(at,)] = rows(database, "SELECT say_at FROM scheduled_messages")
    ahead = at - datetime.now(UTC)
    assert timedelta(hours=1.9) < ahead <= timedelta(hours=2)


def test_what_was_planned_is_found_again_once_its_time_has_passed(
    database: Database, call: Call
) -> None:
    key, when = uuid4(), later(hours=1)
    call("schedule_message", key=key, when=when, text="Bread")
    change(database, "UPDATE scheduled_messages SET say_at = now()")
    assert "number 1" in call("schedule_message", key=key, when=later(), text="Bread")


@pytest.mark.parametrize(
    ("when", "text", "why"),
    [
        ({"seconds": 30}, "Bread", "when must be a minute ahead at least: it is "),
        ({"days": 367}, "Bread", "when may be 366 days ahead at most"),
        ({"hours": 1}, " ", "text needs 1 to 1000 characters"),
        ({"hours": 1}, "x" * 1001, "text needs 1 to 1000 characters"),
    ],
    ids=["too soon", "too far", "empty", "too long"],
)
def test_what_can_t_be_planned_is_told_and_not_done(
    database: Database, call: Call, when: dict[str, float], text: str, why: str
) -> None:
    with pytest.raises(ToolFailedError, match=why):
        call("schedule_message", when=later(**when), text=text)
    assert rows(database, WAITING) == []


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("9999-12-31T23:59:00-05:00", "366 days ahead at most"),
        ("0001-01-01T00:00:00", "a minute ahead at least"),
    ],
    ids=["last day", "first day"],
)
def test_a_time_that_is_none_in_utc_is_told_as_too_far(
    call: Call, when: str, why: str
) -> None:
    with pytest.raises(ToolFailedError, match=why):
        call("schedule_message", when=when, text="Bread")


def test_nobody_has_more_than_some_nor_any_after_stop(
    database: Database, call: Call
) -> None:
    for number in range(MOST_REMINDERS):
        call("schedule_message", when=later(hours=1), text=str(number))
    with pytest.raises(ToolFailedError, match="20 of their reminders wait"):
        call("schedule_message", when=later(hours=1), text="One more")
    call("schedule_message", BEN, when=later(hours=1), text="Ben's")
    change(database, "INSERT INTO opt_outs (user_id) SELECT user_id FROM users")
    with pytest.raises(ToolFailedError, match="they want no messages"):
        call("schedule_message", BEN, when=later(hours=1), text="No")


def test_each_lists_and_cancels_their_own(database: Database, call: Call) -> None:
    assert call("list_scheduled") == "None."
    told = call("schedule_message", when=later(days=2), text="Bread")
    assert "WhatsApp lets it through only if they write" in told
    call("schedule_message", when=later(hours=2), text="Milk")
    lines = call("list_scheduled").splitlines()
    assert [line.partition(".")[0] for line in lines] == ["2", "1"]
    assert call("list_scheduled", BEN) == "None."
    with pytest.raises(ToolFailedError, match="there is no reminder 2"):
        call("cancel_scheduled", BEN, number=2)
    for _ in range(2):
        assert call("cancel_scheduled", number=2) == "Canceled: Milk"
    assert rows(database, WAITING) == [("Bread",)]
    call("schedule_message", when=later(hours=2), text="Cake")
    assert call("list_scheduled").startswith("3. ")
    change(database, "UPDATE scheduled_messages SET state = 'said', ended_at = now()")
    with pytest.raises(ToolFailedError, match="reminder 1 is said already"):
        call("cancel_scheduled", number=1)


def test_who_asks_again_after_a_crash_has_canceled_it_and_nobody_else_has(
    database: Database, call: Call
) -> None:
    for text in ("Bread", "Milk"):
        call("schedule_message", when=later(hours=2), text=text)
    key = uuid4()
    told = [call("cancel_scheduled", key=key, number=1) for _ in range(2)]
    assert told == ["Canceled: Bread"] * 2
    with database.transaction() as connection:
        (waits,) = list_waiting(connection)
        assert cancel_by_operator(connection, waits.scheduled_id)
    with pytest.raises(ToolFailedError, match="canceled already: an operator"):
        call("cancel_scheduled", number=2)
