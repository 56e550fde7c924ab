"""The views mean what the bot means, and stand whatever was written by hand."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.chats import PostgresChatStore
from db.database import Database
from tests.db.sql import change, load, rows, value, values
from tests.db.talks import NOON, talk
from tests.records import said

SIDS = st.sampled_from(["SM1", "SM2", "SM3", "", "x"])
ODD = st.sampled_from([None, 7, True, {"SM1": 1}, ["SM1"], [["SM2"]]])
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "user", "assistant", "system"])},
        optional={
            "message_sid": SIDS | ODD,
            "in_reply_to": st.lists(SIDS | ODD, max_size=3) | SIDS | ODD,
            "notice_for": st.lists(SIDS),
        },
    ),
    max_size=6,
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(MESSAGES)
def test_unanswered_is_what_the_bot_means_by_it(
    database: Database, pg: PostgresChatStore, messages: list[dict[str, Any]]
) -> None:
    chat_id = pg.record_inbound(said("", message_sid="the only one")).chat_id
    chat_id = chat_id or value(database, "SELECT chat_id FROM userchats")
    edit = "UPDATE userchats SET messages = %(messages)s::jsonb"
    change(database, edit, messages=json.dumps(messages))
    means = [turn.message_sid for turn in load(pg, chat_id).unanswered()]
    query = "SELECT message_sid FROM unanswered_messages ORDER BY position"
    assert values(database, query) == means
    assert value(database, "SELECT unanswered FROM chat_overview") is bool(means)


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2026-01-02T12:00:00.000+00:00", NOON),
        ("2026-01-02T12:00:00Z", NOON),
        ("2026-01-02T13:00:00+01:00", NOON),
        ("2026-01-02 12:00:00", NOON),
        ("2026-01-02T12:00", NOON),
        ("2026-02-30T12:00:00.000+00:00", None),
        ("2026-01-02T12:00:00+99:00", None),
        ("2026-01-02T12:00 or so", None),
        ("abcd-01-02T12:00:00.000+00:00", None),
        ("yesterday", None),
        ("now", None),
        ("", None),
        (None, None),
    ],
)
def test_a_message_time_is_a_moment_or_nothing(
    database: Database, stamp: str | None, moment: datetime | None
) -> None:
    assert value(database, "SELECT message_time(%(stamp)s)", stamp=stamp) == moment


def test_a_message_time_depends_on_no_session(database: Database) -> None:
    with database.transaction() as connection:
        connection.count("SET LOCAL TimeZone TO 'Asia/Tokyo'")
        query = "SELECT message_time('2026-01-02 12:00') AT TIME ZONE 'UTC'"
        assert connection.scalar(query) == NOON.replace(tzinfo=None)


ODD_BY_HAND = {
    "role": "assistant",
    "content": ["a list"],
    "timestamp": "yesterday",
    "model": 7,
    "tokens_used": "many",
    "response_time": {},
}


VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'public'"


def test_what_was_written_by_hand_spoils_no_view(
    database: Database, pg: PostgresChatStore
) -> None:
    talk(pg)
    append = "UPDATE userchats SET messages = messages || %(odd)s::jsonb"
    change(database, append, odd=json.dumps([ODD_BY_HAND]))
    query = """
        SELECT sent_at, tokens_used, response_time FROM chat_messages
        WHERE position = 2
    """
    assert rows(database, query) == [(None, None, None)]
    for view in values(database, VIEWS):
        assert rows(database, f"SELECT * FROM {view}") is not None  # noqa: S608


PARALLEL_PLANS = """
    SET LOCAL parallel_setup_cost TO 0;
    SET LOCAL parallel_tuple_cost TO 0;
    SET LOCAL min_parallel_table_scan_size TO 0;
"""


def test_every_view_can_be_read_by_whatever_plan(
    database: Database, pg: PostgresChatStore
) -> None:
    talk(pg)
    with database.transaction() as connection:
        connection.count(PARALLEL_PLANS)
        for view in connection.column(VIEWS):
            connection.rows(f"TABLE {view}")
