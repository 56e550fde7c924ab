"""A broadcast on its way: limits, quiet hours, budgets, and a template that ends it."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from bot.money.meter import Limits
from bot.quiet_hours import QuietHours
from bot.whatsapp.templates.content import KnownTemplate, NotAskedError
from db.broadcasts.states import resume
from tests.bot.broadcasts.sender import APPROVED, FAST, STATE, STORED, Sending
from tests.db.broadcasts.people import started, wanted
from tests.db.sql import change, rows, value

# As if Twilio had taken whatever was stored.
TAKEN = """
UPDATE reply_parts SET status = 'sent', message_sid = 'SM' || left(part_id::text, 30)
WHERE status = 'pending'
"""


def test_all_get_their_turn_and_it_is_done(sending: Sending) -> None:
    started(sending.database, wanted(1, 2, 3))
    sending.run()
    assert value(sending.database, STORED) == 3
    assert rows(sending.database, STATE) == [("done", None)]
    sending.run()
    assert value(sending.database, STORED) == 3


def test_no_more_people_in_24_hours_than_the_limit_and_a_minute_has_its_own(
    sending: Sending,
) -> None:
    started(sending.database, wanted(*range(5)))
    sending.run(replace(FAST, per_day=2))
    assert value(sending.database, STORED) == 2
    sending.run(replace(FAST, per_day=2))
    assert value(sending.database, STORED) == 2
    later = "UPDATE broadcast_recipients SET turned_at = turned_at - interval '1 day'"
    change(sending.database, later)
    sending.run(replace(FAST, per_day=2))
    assert value(sending.database, STORED) == 4


def test_quiet_hours_put_it_off(sending: Sending) -> None:
    started(sending.database, wanted(1))
    night = replace(FAST, quiet=QuietHours(time(22), time(8)))
    sending.run(night, clock=lambda: datetime(2026, 11, 26, 23, 0, tzinfo=UTC))
    assert value(sending.database, STORED) == 0
    sending.run(night, clock=lambda: datetime(2026, 11, 27, 8, 0, tzinfo=UTC))
    assert value(sending.database, STORED) == 1


def test_while_the_bot_pauses_nobody_gets_a_turn(sending: Sending) -> None:
    started(sending.database, wanted(1))
    sending.is_stopped = True
    sending.run()
    assert value(sending.database, STORED) == 0
    sending.is_stopped = False
    sending.run()
    assert value(sending.database, STORED) == 1


def test_who_blocked_the_number_wants_no_more_of_them(sending: Sending) -> None:
    started(sending.database, wanted(1, 2))
    sending.run()
    blocks = "UPDATE reply_parts SET status = 'failed', error_code = 63014 WHERE "
    change(sending.database, blocks + "body LIKE '%No. 1%'")
    sending.run()
    assert value(sending.database, "SELECT count(*) FROM opt_ins") == 1


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (None, "no such template"),
        (replace(APPROVED, status="paused"), "as paused"),
        (replace(APPROVED, body="Bye {{1}}."), "something else"),
    ],
    ids=["gone", "paused", "changed"],
)
def test_a_template_that_is_not_as_it_was_pauses_it_and_operators_hear_it_once(
    sending: Sending, template: KnownTemplate | None, why: str
) -> None:
    started(sending.database, wanted(1))
    sending.template, sending.is_deaf = template, True
    sending.run()
    assert not sending.heard
    sending.is_deaf = False
    sending.run()
    sending.run()
    (heard,) = sending.heard
    assert why in heard
    assert value(sending.database, STORED) == 0


def test_twilio_that_can_not_be_asked_puts_it_off(sending: Sending) -> None:
    started(sending.database, wanted(1))
    sending.template = NotAskedError("no answer")
    sending.run()
    assert rows(sending.database, STATE) == [("going", None)]
    assert value(sending.database, STORED) == 0


def test_a_template_that_whatsapp_refuses_pauses_it_until_an_operator_resumes(
    sending: Sending,
) -> None:
    database = sending.database
    broadcast_id = started(database, wanted(1, 2))
    sending.run(replace(FAST, per_day=1))
    failed = "UPDATE reply_parts SET status = 'failed', error_code = 63041"
    change(database, failed)
    sending.run()
    assert rows(database, STATE) == [
        ("paused", "WhatsApp paused it (Twilio's error 63041)")
    ]
    with database.transaction() as connection:
        assert resume(connection, broadcast_id)
    sending.run()
    assert value(database, STORED) == 2


def test_what_whatsapp_keeps_from_one_person_stops_nothing(sending: Sending) -> None:
    started(sending.database, wanted(1, 2))
    sending.run(replace(FAST, per_day=1))
    change(sending.database, "UPDATE reply_parts SET status = 'failed', "
           "error_code = 63049")  # fmt: skip
    sending.run()
    assert rows(sending.database, STATE) == [("done", None)]


def test_few_are_in_hand_while_twilio_takes_none(sending: Sending) -> None:
    started(sending.database, wanted(*range(30)))
    sending.run()
    assert value(sending.database, STORED) == 20
    change(sending.database, TAKEN)
    sending.run()
    assert value(sending.database, STORED) == 30


def test_a_budget_that_is_used_up_pauses_it_and_is_not_exceeded(
    sending: Sending,
) -> None:
    database = sending.database
    broadcast_id = started(database, wanted(*range(5)))
    budget: Limits = {"day": 12_500}  # three messages, and some more
    sending.run(replace(FAST, per_day=2), budget)
    change(database, TAKEN)
    sending.run(limits=budget)
    assert value(database, STORED) == 3
    assert rows(database, STATE)[0][1].startswith("a budget is used up")
    with database.transaction() as connection:
        resume(connection, broadcast_id)
    sending.run(limits={"day": 1_000_000})
    assert value(database, STORED) == 5
