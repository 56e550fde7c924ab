"""Who runs the bot is told once that a template does not go out, and what to do."""

import json
from dataclasses import replace
from datetime import date

import pytest

from bot.relay.account import AlertRoads
from bot.relay.announcement import NotAnnouncedError
from bot.relay.troubles import Troubles
from db.database import Database
from db.money.ledger import PostgresLedger
from db.outbox import PostgresOutbox
from db.records import DeliveryStatus, Part, PartContent, Template
from db.records.money import Outcome
from tests.bot.relay.office import Office, Person
from tests.bot.relay.smtp_server import mail_server
from tests.bot.relay.test_announcing import SECRET, by_mail
from tests.db.money.test_ledger import SPENDING
from tests.db.parts import claim, replied
from tests.db.sql import change, rows, values
from tests.listening import Request, Response, answering
from tests.records import BEN, new_sid

SID = f"HX{1:032}"
JOBS = """
SELECT args ->> 'content_sid', (args ->> 'code')::int FROM procrastinate_jobs
WHERE task_name = 'tell_trouble' ORDER BY id
"""
BUDGET_JOBS = """
SELECT args FROM procrastinate_jobs WHERE task_name = 'tell_budget' ORDER BY id
"""
FALLBACK = """
UPDATE reply_parts SET author = 'fallback',
  template = jsonb_build_object('content_sid', %(sid)s::text, 'variables', '{}'::jsonb)
"""


def told(office: Office, part: Part, code: int) -> None:
    """Twilio took a part, and calls back that it failed."""
    outbox, sid = PostgresOutbox(office.database), new_sid()
    claim(outbox, part)
    outbox.record_accepted(part.part_id, sid, "queued")
    outbox.record_delivery_status(
        DeliveryStatus(message_sid=sid, status="failed", error_code=code)
    )


def test_each_template_and_error_is_told_once(office: Office) -> None:
    outbox = PostgresOutbox(office.database)
    [one] = replied(office.store, outbox, "Something waits.")
    [two] = replied(office.store, outbox, "Something waits.", to=BEN)
    change(office.database, FALLBACK, sid=SID)
    told(office, one, 63041)
    told(office, two, 63041)
    assert rows(office.database, JOBS) == [(SID, 63041)]
    change(office.database, "UPDATE procrastinate_jobs SET status = 'succeeded'")
    outbox.record_failed(one, 63041)
    assert rows(office.database, JOBS) == [(SID, 63041)]


def test_what_is_the_user_s_is_none_of_the_template_s(office: Office) -> None:
    outbox = PostgresOutbox(office.database)
    [one] = replied(office.store, outbox, "Something waits.")
    change(office.database, FALLBACK, sid=SID)
    told(office, one, 63003)
    assert rows(office.database, JOBS) == []


def test_without_the_setting_they_are_told_what_it_would_do(office: Office) -> None:
    outbox = PostgresOutbox(office.database)
    [one] = replied(office.store, outbox, "Too late.")
    outbox.record_failed(one, 63016)
    assert rows(office.database, JOBS) == [(None, 63016)]


@pytest.mark.parametrize(
    ("instead", "known"),
    [("1. tea", [(None, 63016)]), (None, [])],
    ids=["buttons", "of the console"],
)
def test_of_other_templates_they_are_told_nothing_untrue(
    office: Office, instead: str | None, known: list[tuple[None, int]]
) -> None:
    """Buttons would wait as text would; a template of the console would not."""
    outbox = PostgresOutbox(office.database)
    part = PartContent("Which?", template=Template(SID, {}), instead=instead)
    [one] = replied(office.store, outbox, part)
    told(office, one, 63016)
    assert rows(office.database, JOBS) == known


def test_operators_read_it_on_whatsapp(
    database: Database, office: Office, olga: Person
) -> None:
    troubles = Troubles(database, AlertRoads())
    assert troubles.tell(SID, 63041, is_last=False)
    assert troubles.tell(SID, 63041, is_last=False)
    [text] = olga.reads()
    assert f"The template {SID}" in text
    assert "WhatsApp paused it" in text
    assert "bot templates check" in text
    assert values(database, "SELECT author FROM reply_parts") == ["relay"]


def test_operators_are_told_of_a_budget_once_for_each_limit(
    database: Database, office: Office, olga: Person
) -> None:
    ledger = PostgresLedger(database)
    for limit in (110, 120):
        asked = replace(SPENDING, micros=48, day=date(2026, 11, 26))
        spent = ledger.reserve(asked, {"day": limit}).spending_id or 0
        ledger.settle(spent, Outcome(micros=48))
    deferred = rows(database, BUDGET_JOBS)
    assert deferred == [({"scope": "day", "starts_on": "2026-11-26",
                          "limit_micros": 120},)]  # fmt: skip
    asked = replace(SPENDING, micros=1, day=date(2026, 11, 26))
    for limit in (115, 120, 115, 120):  # processes that are set differently
        spent = ledger.reserve(asked, {"day": limit}).spending_id or 0
        ledger.settle(spent, Outcome(micros=1))
    limits = [told["limit_micros"] for (told,) in rows(database, BUDGET_JOBS)]
    assert limits == [120, 115]
    troubles = Troubles(database, AlertRoads())
    for _ in range(2):
        assert troubles.tell_budget(**deferred[0][0], is_last=False)
    [text] = olga.reads()
    assert "Four fifths of the budget of the day from 2026-11-26 (BUDGET_DAY)" in text


def test_and_by_mail_and_webhook(database: Database) -> None:
    posted: list[Request] = []

    def answer(request: Request) -> Response:
        posted.append(request)
        return Response(200, {})

    with answering(answer) as url, mail_server() as mailbox:
        roads = by_mail(
            mailbox,
            emails=("owner@example.com",),
            webhook_url=f"{url}/hook",
            webhook_secret=SECRET,
        )
        assert Troubles(database, roads).tell(None, 63016, is_last=False)
    [mail] = mailbox.mails
    assert "TWILIO_FALLBACK_CONTENT_SID" in str(mail.get_payload())
    assert mail["To"] == "owner@example.com"
    body = json.loads(posted[0].body)
    assert (body["event"], "63016" in body["words"]) == ("trouble", True)


def test_what_reached_nobody_is_tried_again(database: Database) -> None:
    roads = AlertRoads(webhook_url="http://127.0.0.1:9/", webhook_secret=SECRET)
    with pytest.raises(NotAnnouncedError):
        Troubles(database, roads).tell(SID, 63041, is_last=False)
    assert not Troubles(database, roads).tell(SID, 63041, is_last=True)
