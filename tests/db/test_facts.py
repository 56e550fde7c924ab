"""Facts that are told in SQL and in Python: both tell the same, and views follow."""

from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import errors
from psycopg.types.json import Jsonb

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import (
    FAILED,
    HELD,
    UNSETTLED,
    WITH_TWILIO,
    Role,
    find_unanswered,
    read_turns,
)
from tests.db.parts import replied
from tests.db.sql import change, rows, take_in, value, values
from tests.records import ANA, ANAS_ID, BEN, answer_to, said

TOLD = """
SELECT is_answered(%(messages)s::jsonb),
       ARRAY(SELECT unanswered_sids(%(messages)s::jsonb) ORDER BY 1)
"""
ARRIVED = ("delivered", "read")
SIDS = st.sampled_from(["SM1", "SM2", "SM3", ""])
ODD: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.just({}) | st.just([])
)
LISTS = st.lists(SIDS | ODD, max_size=3) | SIDS | ODD
ELEMENTS = st.fixed_dictionaries(
    {"role": st.sampled_from(get_args(Role)), "content": st.just("")},
    optional={
        "message_sid": SIDS | ODD | st.lists(SIDS, max_size=2),
        "in_reply_to": LISTS,
        "notice_for": LISTS,
    },
)


def element(role: str, **known: Any) -> dict[str, Any]:
    return {"role": role, "content": "", **known}


ASKED = element("user", message_sid="SM1")
TRANSCRIPTS: dict[str, list[Any]] = {
    "nothing was said": [],
    "asked": [ASKED],
    "answered": [ASKED, element("assistant", in_reply_to=["SM1"])],
    "settled by a note": [ASKED, element("system", in_reply_to=["SM1"])],
    "only noticed": [ASKED, element("assistant", notice_for=["SM1"])],
    "answered before": [element("assistant", in_reply_to=["SM1"]), ASKED],
    "one of two": [
        ASKED,
        element("user", message_sid="SM2"),
        element("assistant", in_reply_to=["SM2"]),
    ],
    "a SID that is no list": [ASKED, element("assistant", in_reply_to="SM1")],
    "a message without a SID": [element("user")],
    "a SID that is a number": [element("user", message_sid=7)],
    "a SID that is null": [element("user", message_sid=None)],
    "a SID that is a list": [element("user", message_sid=["SM1"])],
    "a SID of somebody else": [element("assistant", message_sid="SM9")],
    "the same twice": [ASKED, ASKED],
    "what is no object": [ASKED, "hello", 7, None, ["SM1"]],
}


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_sql_and_python_agree_on_what_is_answered(
    database: Database, name: str
) -> None:
    agree(database, TRANSCRIPTS[name])


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(messages=st.lists(ELEMENTS, max_size=5))
def test_sql_and_python_agree_on_whatever_is_stored(
    database: Database, messages: list[Any]
) -> None:
    agree(database, messages)


def agree(database: Database, messages: list[Any]) -> None:
    unanswered = find_unanswered(read_turns(messages))
    ((is_answered, sids),) = rows(database, TOLD, messages=Jsonb(messages))
    assert sids == sorted(str(turn.message_sid) for turn in unanswered)
    assert is_answered == (not unanswered)


@pytest.mark.parametrize("odd", ['"hello"', "7", "null", '["SM1"]'])
def test_what_is_no_object_can_not_be_stored(
    database: Database, pg: PostgresChatStore, odd: str
) -> None:
    take_in(pg, said("Hello"))
    append = f"UPDATE userchats SET messages = messages || '[{odd}]'::jsonb"  # noqa: S608
    with pytest.raises(errors.CheckViolation):
        change(database, append)


def allowed_statuses(database: Database) -> set[str]:
    query = """
        SELECT (regexp_matches(pg_get_constraintdef(oid), '''(\\w+)''', 'g'))[1]
        FROM pg_constraint WHERE conname = 'reply_parts_status_check'
    """
    return set(values(database, query))


def test_every_status_stands_in_one_group_and_both_tell_the_same(
    database: Database,
) -> None:
    known = [*UNSETTLED, HELD, *WITH_TWILIO, *FAILED]
    assert len(known) == len(set(known))
    assert set(known) == allowed_statuses(database)
    told = rows(
        database,
        "SELECT status, is_unsettled(status), is_on_its_way(status), is_failed(status)"
        " FROM unnest(%(known)s::text[]) AS status",
        known=known,
    )
    for status, is_unsettled, is_on_its_way, is_failed in told:
        assert is_unsettled == (status in {*UNSETTLED, HELD})
        assert is_on_its_way == (status in WITH_TWILIO and status not in ARRIVED)
        assert is_failed == (status in FAILED)
        groups = [is_unsettled, is_on_its_way, is_failed, status in ARRIVED]
        assert groups.count(True) == 1


@pytest.mark.parametrize(
    ("statuses", "column"),
    [
        (UNSETTLED, "waiting"),
        (WITH_TWILIO[:-2], "on_the_way"),
        (FAILED, "failed"),
        (("delivered",), "delivered"),
        (("read",), "read"),
    ],
)
def test_the_days_deliveries_follow(
    database: Database,
    pg: PostgresChatStore,
    outbox: PostgresOutbox,
    statuses: tuple[str, ...],
    column: str,
) -> None:
    replied(pg, outbox, "Yes.")
    columns = "waiting, on_the_way, failed, delivered, read"
    for status in statuses:
        change(database, "UPDATE reply_parts SET status = %(status)s", status=status)
        (day,) = database.rows(f"SELECT {columns} FROM deliveries_by_day")  # noqa: S608
        counted = day._asdict()
        assert counted.pop(column) == 1
        assert set(counted.values()) == {0}
        failures = value(database, "SELECT count(*) FROM failed_deliveries")
        assert failures == (1 if status in FAILED else 0)


def test_the_views_of_chats_follow(database: Database, pg: PostgresChatStore) -> None:
    asked, answered = said("Are you open?", ANA), said("Hello", BEN)
    waiting = take_in(pg, asked)
    assert pg.record_reply(take_in(pg, answered), answer_to(answered))
    change(
        database,
        "UPDATE userchats SET messages = messages || "
        '\'[{"role": "user", "content": "by hand", "message_sid": 7}]\'',
    )
    unanswered = "SELECT chat_id FROM chat_overview WHERE unanswered"
    assert values(database, unanswered) == [waiting]
    sids = "SELECT message_sid FROM unanswered_messages"
    assert values(database, sids) == [asked.message_sid]


def test_whose_an_address_is(database: Database, pg: PostgresChatStore) -> None:
    take_in(pg, said("Hello", ANA, other_address=ANAS_ID))
    take_in(pg, said("from the second", "whatsapp:US.SECOND"))
    take_in(pg, said("with Ana's number", ANA, other_address="whatsapp:US.SECOND"))
    query = """
        SELECT address, is_number FROM user_addresses JOIN users USING (user_id)
        WHERE phone_number = %(number)s ORDER BY is_number DESC, address
    """
    assert rows(database, query, number=ANA) == [(ANA, True), (ANAS_ID, False)]
    assert rows(database, query, number="whatsapp:US.SECOND") == [
        ("whatsapp:US.SECOND", True),
        (ANA, False),
    ]
