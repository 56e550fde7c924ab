"""A broadcast whose number may send no more for now, by Twilio's 63017 and 63018."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.broadcasts.states import cancel, resume
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import DeliveryStatus
from tests.bot.broadcasts.sender import FAST, STATE, STORED, Sending
from tests.db.broadcasts.people import started, user_of, wanted
from tests.db.sql import change, rows, value, values
from tests.records import new_sid

# As Twilio tells it of what it took, once it was sent again some times.
REFUSED = """
UPDATE reply_parts SET status = 'failed', error_code = %(code)s,
  message_sid = 'SM' || left(part_id::text, 30) WHERE status = 'pending'
"""
A_WHILE_AGO = "UPDATE reply_parts SET claimed_at = now() - interval '1 hour'"
DAY = timedelta(days=1)
BODIES = "SELECT body FROM reply_parts ORDER BY body"


@pytest.mark.parametrize("code", [63017, 63018])
def test_a_number_that_may_send_no_more_pauses_it_and_whom_it_cost_the_turn_gets_it(
    sending: Sending, code: int
) -> None:
    database = sending.database
    broadcast_id = started(database, wanted(1, 2, 3))
    sending.run(replace(FAST, per_day=1))
    change(database, REFUSED, code=code)
    sending.run()
    assert value(database, STORED) == 1
    (heard,) = sending.heard
    assert f"may not send more now (Twilio's error {code})" in heard
    goes_on(database, broadcast_id)
    sending.run()
    assert rows(database, STATE) == [("done", None)]
    assert values(database, BODIES) == [
        f"Hello No. {at}, we are open." for at in (1, 1, 2, 3)
    ]


def test_the_first_refusal_pauses_it_and_is_known_once_it_was_resumed(
    sending: Sending,
) -> None:
    database = sending.database
    broadcast_id = started(database, wanted(1, 2))
    sending.run(replace(FAST, per_day=1))
    is_refused(database, 1)
    sending.run()
    assert rows(database, STATE)[0][0] == "paused"
    goes_on(database, broadcast_id)
    sending.run()
    assert rows(database, STATE) == [("done", None)]
    assert values(database, BODIES) == [
        f"Hello No. {at}, we are open." for at in (1, 2)
    ]


def test_what_is_refused_again_and_again_pauses_it_and_gets_another_turn_at_last(
    sending: Sending,
) -> None:
    database = sending.database
    broadcast_id = started(database, wanted(1))
    sending.run()
    while is_refused(database, 1):
        change(database, A_WHILE_AGO)
    sending.run()
    assert rows(database, STATE)[0][0] == "paused"
    goes_on(database, broadcast_id)
    sending.run()
    assert values(database, "SELECT status FROM reply_parts ORDER BY sequence") == [
        "failed",
        "pending",
    ]


def is_refused(database: Database, at: int) -> bool:
    """Have Twilio take somebody's message and refuse it later; False: there is none."""
    outbox = PostgresOutbox(database)
    claim = outbox.claim_next(user_of(database, at), timedelta(), DAY)
    if claim is None:
        return False
    part_id, sid = claim.part.part_id, new_sid()
    outbox.record_accepted(part_id, sid, "queued")
    refusal = DeliveryStatus(message_sid=sid, status="failed", error_code=63018)
    return outbox.record_delivery_status(refusal)


@pytest.mark.parametrize(
    "how",
    [
        "UPDATE reply_parts SET message_sid = NULL",
        "UPDATE reply_parts SET error_code = 63024",
        "UPDATE reply_parts SET status = 'uncertain', message_sid = NULL",
    ],
    ids=["nobody knows", "no WhatsApp", "on its way"],
)
def test_nobody_gets_another_turn_who_may_have_got_it_or_never_can(
    sending: Sending, how: str
) -> None:
    database = sending.database
    broadcast_id = started(database, wanted(1, 2))
    sending.run(replace(FAST, per_day=1))
    change(database, REFUSED, code=63018)
    sending.run()
    change(database, how)
    goes_on(database, broadcast_id)
    sending.run()
    assert values(database, BODIES) == [
        f"Hello No. {at}, we are open." for at in (1, 2)
    ]


def test_what_had_all_its_turns_pauses_too_if_the_last_were_refused_for_the_number(
    sending: Sending,
) -> None:
    database = sending.database
    broadcast_id = started(database, wanted(1, 2))
    sending.run()
    assert rows(database, STATE) == [("done", None)]
    change(database, REFUSED + " AND body LIKE '%%No. 2%%'", code=63018)
    other = started(database, wanted(3))
    sending.run(replace(FAST, per_day=2))
    assert rows(database, f"{STATE} WHERE broadcast_id = '{broadcast_id}'") == [
        ("done", None)  # one of its template is going
    ]
    with database.transaction() as connection:
        assert cancel(connection, other)
    sending.run()
    assert len(sending.heard) == 1
    goes_on(database, broadcast_id)
    sending.run()
    assert values(database, BODIES) == [
        f"Hello No. {at}, we are open." for at in (1, 2, 2)
    ]


def goes_on(database: Database, broadcast_id: str) -> None:
    with database.transaction() as connection:
        assert resume(connection, broadcast_id)
