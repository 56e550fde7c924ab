"""The views mean what the bot means, and stand whatever was written by hand."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from db.postgres import PostgresChatStore
from tests.db.sql import change, load, rows, value, values
from tests.db.talks import NOON, talk
from tests.records import said


@pytest.fixture
def pg(engine: Engine) -> PostgresChatStore:
    return PostgresChatStore(engine, timedelta(days=1))


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
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(MESSAGES)
def test_unanswered_is_what_the_bot_means_by_it(
    engine: Engine, pg: PostgresChatStore, messages: list[dict[str, Any]]
) -> None:
    chat_id = pg.record_inbound(said("", message_sid="the only one")).chat_id
    chat_id = chat_id or value(engine, "SELECT chat_id FROM userchats")
    edit = "UPDATE userchats SET messages = CAST(:messages AS jsonb)"
    change(engine, edit, messages=json.dumps(messages))
    means = [turn.message_sid for turn in load(pg, chat_id).unanswered()]
    query = "SELECT message_sid FROM unanswered_messages ORDER BY position"
    assert values(engine, query) == means
    assert value(engine, "SELECT unanswered FROM chat_overview") is bool(means)


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
    engine: Engine, stamp: str | None, moment: datetime | None
) -> None:
    assert value(engine, "SELECT message_time(:stamp)", stamp=stamp) == moment


def test_a_message_time_depends_on_no_session(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL TimeZone TO 'Asia/Tokyo'")
        query = "SELECT message_time('2026-01-02 12:00') AT TIME ZONE 'UTC'"
        assert connection.exec_driver_sql(query).scalar() == NOON.replace(tzinfo=None)


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
    engine: Engine, pg: PostgresChatStore
) -> None:
    talk(pg)
    append = "UPDATE userchats SET messages = messages || CAST(:odd AS jsonb)"
    change(engine, append, odd=json.dumps([ODD_BY_HAND]))
    query = """
        SELECT sent_at, tokens_used, response_time FROM chat_messages
        WHERE position = 2
    """
    assert rows(engine, query) == [(None, None, None)]
    for view in values(engine, VIEWS):
        assert rows(engine, f"SELECT * FROM {view}") is not None  # noqa: S608


PARALLEL_PLANS = """
    SET LOCAL parallel_setup_cost TO 0;
    SET LOCAL parallel_tuple_cost TO 0;
    SET LOCAL min_parallel_table_scan_size TO 0;
"""


def test_every_view_can_be_read_by_whatever_plan(
    engine: Engine, pg: PostgresChatStore
) -> None:
    talk(pg)
    with engine.begin() as connection:
        connection.exec_driver_sql(PARALLEL_PLANS)
        for view in connection.exec_driver_sql(VIEWS).scalars().all():
            connection.exec_driver_sql(f"TABLE {view}").all()
