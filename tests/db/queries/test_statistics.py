"""What is counted, and on which day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.database import Database
from db.queries.statistics import Numbers, Statistics, measure
from tests.db.queries.past_chats import DAY, NOON, add_transcript, answer, message
from tests.db.sql import change

FIRST, SECOND, TODAY = (NOON - 2 * DAY, NOON - DAY, NOON)


def counted(database: Database, days: int = 3, now: datetime = NOON) -> Statistics:
    with database.transaction() as connection:
        return measure(connection, days, now)


def test_nothing_happened(database: Database) -> None:
    assert counted(database) == Statistics(
        users=0,
        active_chats=0,
        all_chats=0,
        held=0,
        total=Numbers(),
        days={at.date(): Numbers() for at in (FIRST, SECOND, TODAY)},
    )


TWO_DAYS = [
    message("Hello", FIRST),
    answer(FIRST, 1.0, 10),
    message("Bread?", SECOND),
    message("Rye?", SECOND),
    answer(SECOND, 3.0, 30),
]


def test_what_happened_is_counted_on_its_day_and_in_all(database: Database) -> None:
    add_transcript(database, TWO_DAYS, FIRST, "active")
    change(database, "UPDATE userchats SET updated_at = %(at)s", at=SECOND)
    add_transcript(database, [message("Hi", SECOND)], SECOND, "archived")
    found = counted(database)
    assert (found.users, found.active_chats, found.all_chats) == (2, 1, 2)
    assert list(found.days.values()) == [
        Numbers(
            new_users=1, chats=1, messages=1, answers=1, tokens=10,
            p50_seconds=1.0, p95_seconds=1.0, p99_seconds=1.0,
        ),
        Numbers(
            new_users=1, chats=1, messages=3, answers=1, tokens=30,
            p50_seconds=3.0, p95_seconds=3.0, p99_seconds=3.0,
        ),
        Numbers(),
    ]  # fmt: skip
    assert found.total == Numbers(
        new_users=2, chats=2, messages=4, answers=2, tokens=40,
        p50_seconds=2.0, p95_seconds=2.9, p99_seconds=2.98,
    )  # fmt: skip


def test_days_before_are_left_out_and_so_is_tomorrow(database: Database) -> None:
    for at in (NOON - 3 * DAY, NOON + DAY):
        add_transcript(database, [message("Hello", at), answer(at, 1.0, 10)], at)
    change(database, "UPDATE userchats SET updated_at = %(at)s", at=NOON + DAY)
    found = counted(database)
    assert found.total == Numbers()
    assert (found.users, found.all_chats) == (2, 2)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_day_is_one_in_utc_wherever_the_database_stands(
    database: Database, zone: str
) -> None:
    midnight = TODAY.replace(hour=0)
    just_before = midnight - timedelta(milliseconds=1)
    for at in (just_before, midnight):
        add_transcript(database, [message("Hello", at)], at)
    with database.transaction() as connection:
        connection.count(f"SET LOCAL TimeZone = '{zone}'")
        found = measure(connection, 2, TODAY)
    assert [n.messages for n in found.days.values()] == [1, 1]
    assert [n.chats for n in found.days.values()] == [1, 1]


def test_what_no_llm_wrote_is_no_answer(database: Database) -> None:
    sentence = message("You won't get any more answers.", TODAY, role="assistant")
    note = message("silence", TODAY, role="system")
    add_transcript(database, [sentence, note], TODAY)
    assert counted(database).total == Numbers(new_users=1, chats=1)


def test_messages_written_by_hand_are_no_error(database: Database) -> None:
    odd: list[dict[str, Any]] = [
        {"role": "user"},
        {"role": "user", "timestamp": "yesterday", "content": "x"},
        {"role": "user", "timestamp": 7, "content": "x"},
        message("Yes", TODAY, role="assistant", model=1, tokens_used="many"),
        message("Yes", TODAY, role="assistant", model="m", response_time="slow"),
    ]
    add_transcript(database, odd, TODAY)
    total = counted(database).total
    assert (total.messages, total.answers, total.tokens) == (0, 2, 0)
    assert total.p50_seconds is None


def test_failures_are_messages_that_did_not_arrive(database: Database) -> None:
    chat_id = add_transcript(database, [message("Hello", TODAY)], TODAY)
    statuses = ["failed", "undelivered", "canceled", "read", "pending"]
    for status in statuses:
        change(
            database,
            """INSERT INTO reply_parts (reference_id, chat_id, user_id, position,
                 address, body, status, created_at)
               SELECT gen_random_uuid(), chat_id, customer_id, 0, 'x', 'x', %(status)s,
                      %(at)s FROM userchats WHERE chat_id = %(chat_id)s""",
            status=status,
            at=SECOND,
            chat_id=chat_id,
        )
    found = counted(database)
    assert [n.failures for n in found.days.values()] == [0, 3, 0]
    assert found.total.failures == 3


def test_one_day_is_today(database: Database) -> None:
    add_transcript(database, [message("Hello", TODAY)], TODAY)
    found = counted(database, days=1, now=TODAY.astimezone(UTC))
    assert [*found.days] == [TODAY.date()]
    assert found.total.messages == 1
