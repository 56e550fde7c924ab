"""What is to be said later is said once, or somebody learns why it is not."""

import threading
from datetime import timedelta

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.privacy.retention import run_retention
from db.records import Fallback, Holding
from db.support.owners import Owners
from db.support.saying import (
    SHUT,
    TOO_LATE,
    WITH_A_PERSON,
    say_due,
)
from db.tools.scheduled import (
    cancel_by_operator,
    list_waiting,
)
from tests.db.privacy.aging import AGES
from tests.db.sql import (
    appears,
    change,
    holding,
    rows,
    take_in,
    value,
    waiting_backends,
)
from tests.db.support.reminding import (
    HELD,
    PARTS,
    SAID,
    SAYING,
    SILENT,
    STATE,
    STOP,
    due,
    plan,
)
from tests.db.support.takeovers import find_user
from tests.records import BEN, answer_to, said

HOLDING = Holding(
    fallbacks={"en": Fallback(f"HX{1:032}", "Something waits.")},
    lasts=timedelta(days=7),
)
TOLD = "SELECT state, delivery FROM scheduled_overview"


@pytest.fixture
def ana(database: Database, pg: PostgresChatStore) -> str:
    """Ana, who wrote just now, and has one reminder; her chat."""
    message = said("Remind me")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message, parts=()))
    plan(database)
    return chat_id


def test_what_is_due_is_said_once_in_her_chat(
    database: Database, pg: PostgresChatStore, ana: str
) -> None:
    assert say_due(database, SAYING) == {}
    due(database)
    assert say_due(database, SAYING) == {"said": 1}
    assert say_due(database, SAYING) == {}
    assert rows(database, PARTS) == SAID
    chat = pg.load_chat(ana)
    assert chat is not None
    last = chat.turns[-1]
    assert (last.content, last.is_by_bot) == ("reminder None: Bread", True)
    assert value(database, "SELECT reference_id::text FROM scheduled_messages") == (
        last.reference_id
    )


@pytest.mark.usefixtures("ana")
def test_two_workers_say_it_once(database: Database) -> None:
    due(database)
    done: list[dict[str, int]] = []
    with holding(database, "SELECT FROM users FOR UPDATE"):
        both = [
            threading.Thread(target=lambda: done.append(say_due(database, SAYING)))
            for _ in range(2)
        ]
        for one in both:
            one.start()
        assert appears(lambda: len(waiting_backends(database)) == len(both))
    for one in both:
        one.join()
    assert sorted(done, key=len) == [{}, {"said": 1}]
    assert rows(database, PARTS) == SAID


def test_who_is_worked_on_holds_up_nobody_else(
    database: Database, pg: PostgresChatStore, ana: str
) -> None:
    take_in(pg, said("Hi", BEN))
    plan(database, "Milk", BEN)
    due(database)
    with holding(database, f"SELECT FROM userchats WHERE chat_id = '{ana}' FOR UPDATE"):
        assert say_due(database, SAYING) == {"said": 1}
    assert rows(database, PARTS) == [("reminder None: Milk", "pending")]
    assert say_due(database, SAYING) == {"said": 1}


@pytest.mark.usefixtures("ana")
def test_stop_cancels_it_also_for_who_starts_again(database: Database) -> None:
    change(database, STOP)
    change(database, "DELETE FROM opt_outs")
    due(database)
    assert say_due(database, SAYING) == {}
    assert rows(database, STATE) == [("canceled", "they wrote STOP")]
    plan(database, "Milk")
    change(database, "UPDATE users SET is_active = false")
    change(database, "UPDATE users SET is_active = true")
    assert set(rows(database, STATE)) == {
        ("canceled", "they wrote STOP"), ("canceled", "they were deactivated")
    }  # fmt: skip


def test_whoever_has_the_chat_is_told_instead(
    database: Database, pg: PostgresChatStore, ana: str, owners: Owners
) -> None:
    user_id = find_user(database)
    owners.give(user_id, None, "queue")
    due(database)
    assert say_due(database, SAYING) == {"dropped": 1}
    owners.take(user_id, None)
    plan(database, "Milk")
    due(database)
    assert say_due(database, SAYING) == {"dropped": 1}
    assert rows(database, PARTS) == []
    assert {why for _, why in rows(database, STATE)} == {WITH_A_PERSON}
    notes = "SELECT body, author_id FROM support_messages WHERE kind = 'note'"
    assert rows(database, notes + " ORDER BY id") == [
        ("A reminder that they asked for is due: Bread", None),
        ("A reminder that they asked for is due: Milk", None),
    ]
    alerts = "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'alert%%'"
    assert value(database, alerts) == 1


@pytest.mark.usefixtures("ana")
def test_outside_the_window_it_is_held_or_operators_learn_of_it(
    database: Database,
) -> None:
    change(database, SILENT)
    due(database)
    assert say_due(database, SAYING) == {"dropped": 1}
    assert rows(database, STATE) == [("dropped", SHUT)]
    plan(database)
    plan(database)
    due(database)
    assert say_due(database, SAYING) == {"dropped": 2}
    told = "SELECT args FROM procrastinate_jobs WHERE task_name = 'tell_trouble'"
    assert rows(database, told) == [({"code": 63016, "content_sid": None},)]
    plan(database)
    due(database)
    assert say_due(database, HELD) == {"said": 1}
    assert rows(database, PARTS) == SAID  # the outbox holds it


@pytest.mark.usefixtures("ana")
def test_what_became_of_what_was_said_is_told_beside_it(database: Database) -> None:
    change(database, SILENT)
    due(database)
    assert rows(database, TOLD) == [("waiting", None)]
    assert say_due(database, HELD) == {"said": 1}
    assert rows(database, TOLD) == [("said", "pending")]
    outbox = PostgresOutbox(database, HOLDING)
    user_id = find_user(database)
    outbox.claim_next(user_id, timedelta(), timedelta(days=1))
    assert rows(database, TOLD) == [("said", "held")]
    Owners(database).take(user_id, None, None)
    outbox.claim_next(user_id, timedelta(), timedelta(days=1))
    assert rows(database, TOLD) == [("said", "canceled")]
    masked = "SELECT state, delivery FROM masked.scheduled_overview"
    assert rows(database, masked) == [("said", "canceled")]


@pytest.mark.usefixtures("ana")
def test_what_is_more_than_a_day_late_is_not_said(database: Database) -> None:
    due(database, timedelta(days=1, minutes=1))
    assert say_due(database, HELD) == {"dropped": 1}
    assert rows(database, STATE) == [("dropped", TOO_LATE)]


def test_a_chat_is_opened_where_the_last_one_is_closed(
    database: Database, ana: str
) -> None:
    change(database, "UPDATE userchats SET is_active = false")
    due(database)
    assert say_due(database, SAYING) == {"said": 1}
    active = value(database, "SELECT chat_id FROM userchats WHERE is_active")
    assert active != ana
    assert value(database, "SELECT chat_id FROM reply_parts") == active


@pytest.mark.usefixtures("ana")
def test_an_operator_lists_and_cancels(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", BEN))
    bens = plan(database, "Milk", BEN)
    with database.transaction() as connection:
        assert [one.text for one in list_waiting(connection)] == ["Bread", "Milk"]
        [of_ben] = list_waiting(connection, bens.user_id)
        assert (of_ben.address, of_ben.scheduled_id) == (BEN, bens.scheduled_id)
        [found] = list_waiting(connection, beginning=str(bens.scheduled_id)[:9])
        assert cancel_by_operator(connection, found.scheduled_id)
        assert not cancel_by_operator(connection, found.scheduled_id)
        assert [one.text for one in list_waiting(connection)] == ["Bread"]


@pytest.mark.usefixtures("ana")
def test_what_is_over_goes_with_the_transcripts(database: Database) -> None:
    plan(database, "Milk")
    change(
        database,
        """UPDATE scheduled_messages SET state = 'said',
           ended_at = now() - interval '731 d' WHERE text = 'Bread'""",
    )
    done = run_retention(database, AGES)
    assert {one.name: one.amount for one in done if one.amount} == {
        "reminders dropped": 1
    }
    assert rows(database, "SELECT text FROM scheduled_messages") == [("Milk",)]
