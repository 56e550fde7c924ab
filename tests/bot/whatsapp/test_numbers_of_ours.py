"""Which number of ours a message was sent to, and which one answers."""

import pytest

from bot.whatsapp.inbound import parse_inbound
from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.log_lines import recorded_log
from tests.bot.whatsapp.twilio_calls import ANA, BOT, call, text_form
from tests.bot.whatsapp.webhook_app import (
    SERVICE,
    NotingStore,
    build_app,
    is_acknowledged,
    refusal,
)
from tests.db.sql import rows, take_in, value, values
from tests.records import ANAS_ID, answer_to

OTHER = "whatsapp:+14155550000"


def test_what_was_sent_to_another_number_is_refused_and_told() -> None:
    store = NotingStore()
    with recorded_log() as log:
        answer = call(build_app(store), text_form("Hi", To=OTHER))
    assert answer.status_code == 403
    assert refusal(answer).startswith("another number")
    assert store.texts == []
    # Threads of what ran before in this process log, too.
    ours = [line for line in log.lines if line["logger"] == "bot.whatsapp.webhook"]
    assert [line["level"] for line in ours] == ["ERROR"]


@pytest.mark.parametrize("service", ["MG" + "0" * 32, ""])
def test_another_service_does_not_change_that(service: str) -> None:
    form = text_form("Hi", To=OTHER, MessagingServiceSid=service)
    assert call(build_app(NotingStore()), form).status_code == 403


def test_every_number_of_our_service_is_ours() -> None:
    store = NotingStore()
    form = text_form("Hi", To=OTHER, MessagingServiceSid=SERVICE)
    assert is_acknowledged(call(build_app(store), form))
    assert store.texts == ["Hi"]


@pytest.mark.parametrize(
    "form",
    [
        {"From": BOT, "To": BOT},
        {"From": BOT, "To": OTHER, "MessagingServiceSid": SERVICE},
        {"From": OTHER, "To": OTHER, "MessagingServiceSid": SERVICE},
    ],
)
def test_we_do_not_answer_ourselves(form: dict[str, str]) -> None:
    store = NotingStore()
    with recorded_log() as log:
        assert is_acknowledged(call(build_app(store), text_form("Hi", **form)))
    assert store.texts == []
    assert "ignored a message from our own number" in log.messages


def test_a_reply_knows_which_number_was_written_to(
    database: Database, pg: PostgresChatStore
) -> None:
    for number in (OTHER, BOT):
        message = parse_inbound(text_form("Hi", To=number))
        assert pg.record_reply(take_in(pg, message), answer_to(message))
    sent = "SELECT our_address FROM reply_parts ORDER BY sequence"
    assert values(database, sent) == [OTHER, BOT]


@pytest.mark.parametrize("field", ["ExternalUserId", "ExternalUserIdentifier"])
def test_a_changed_number_of_the_same_person_stays_the_same_person(
    database: Database, pg: PostgresChatStore, field: str
) -> None:
    new_number = "whatsapp:+15559990000"
    chats = [
        take_in(pg, parse_inbound(text_form(body, **about)))
        for body, about in (
            ("from the old number", {"From": ANA}),
            ("with an id", {"From": ANA, field: ANAS_ID}),
            ("from the new number", {"From": new_number, field: ANAS_ID}),
            ("without a number", {"From": ANAS_ID, field: ANAS_ID}),
            ("without the id", {"From": new_number}),
        )
    ]
    assert len(set(chats)) == 1
    assert value(database, "SELECT count(*) FROM users") == 1
    known = "SELECT address FROM user_aliases ORDER BY address"
    assert rows(database, known) == [(new_number,), (ANAS_ID,)]
