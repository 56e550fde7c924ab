"""Delivery statuses that come before anybody knows their message."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import DeliveryStatus, Part
from tests.db.sql import (
    appears,
    change,
    holding,
    take_in,
    value,
    waiting_backends,
)
from tests.house import PATIENCE
from tests.records import answer_to, new_sid, said


@pytest.fixture
def part(database: Database, outbox: PostgresOutbox) -> Part:
    store = PostgresChatStore(database, timedelta(days=1))
    message = said("a question")
    reply = answer_to(message)
    assert store.record_reply(take_in(store, message), reply)
    return outbox.find_parts(UUID(reply.turn.reference_id))[0]


def status_of(outbox: PostgresOutbox, part: Part) -> str:
    return outbox.find_parts(part.reference_id)[0].status


def test_they_count_as_soon_as_the_message_is_known(
    outbox: PostgresOutbox, part: Part
) -> None:
    sid = new_sid()
    for told in ("delivered", "sent", "delivered"):
        assert not outbox.record_delivery_status(
            DeliveryStatus(message_sid=sid, status=told)
        )
    outbox.record_accepted(part.part_id, sid, "queued")
    assert status_of(outbox, part) == "delivered"


def test_an_early_failure_keeps_its_code(
    database: Database, outbox: PostgresOutbox, part: Part
) -> None:
    sid = new_sid()
    outbox.record_delivery_status(
        DeliveryStatus(message_sid=sid, status="undelivered", error_code=63016)
    )
    outbox.record_accepted(part.part_id, sid, "queued")
    assert status_of(outbox, part) == "undelivered"
    assert value(database, "SELECT error_code FROM reply_parts") == 63016


def test_what_nobody_asks_for_is_forgotten_after_a_day(
    database: Database, outbox: PostgresOutbox
) -> None:
    outbox.record_delivery_status(DeliveryStatus(message_sid=new_sid(), status="sent"))
    change(database, "UPDATE early_statuses SET received_at = now() - interval '25 h'")
    last = new_sid()
    outbox.record_delivery_status(DeliveryStatus(message_sid=last, status="sent"))
    assert value(database, "SELECT array_agg(message_sid) FROM early_statuses") == [
        last
    ]


def test_one_that_overtakes_what_was_told_of_its_part_waits_for_that(
    database: Database, outbox: PostgresOutbox, part: Part
) -> None:
    sid = new_sid()
    told = DeliveryStatus(message_sid=sid, status="sent", part_id=part.part_id)
    accepting = f"UPDATE reply_parts SET message_sid = '{sid}', status = 'accepted'"  # noqa: S608
    with ThreadPoolExecutor(1) as thread:
        with holding(database, accepting):
            callback = thread.submit(outbox.record_delivery_status, told)
            assert appears(lambda: waiting_backends(database))
        assert callback.result(PATIENCE)
    assert status_of(outbox, part) == "sent"
    assert value(database, "SELECT count(*) FROM early_statuses") == 0
