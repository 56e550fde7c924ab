"""What Twilio's webhooks take in, over HTTP, on the memory store."""

import threading

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.bot.log_lines import recorded_log
from tests.bot.whatsapp.twilio_calls import STATUS, call, new_sid, text_form
from tests.bot.whatsapp.webhook_app import (
    NotingStore,
    Statuses,
    StoreAway,
    build_app,
    is_acknowledged,
)
from tests.house import PATIENCE

PART = "6b1f2a3c-0000-4000-8000-0123456789ab"


@pytest.fixture
def store() -> NotingStore:
    return NotingStore()


@pytest.fixture
def app(store: NotingStore) -> Flask:
    return build_app(store)


def test_a_message_is_stored_and_acknowledged_without_a_word(
    app: Flask, store: NotingStore
) -> None:
    assert is_acknowledged(call(app, text_form("Hola \U0001f44b")))
    assert store.texts == ["Hola \U0001f44b"]


def test_the_same_message_again_is_acknowledged_and_not_stored(
    app: Flask, store: NotingStore
) -> None:
    form = text_form("once")
    assert all(is_acknowledged(call(app, form)) for _ in range(3))
    assert store.texts == ["once"]


def test_the_same_message_at_the_same_instant_is_stored_once(
    app: Flask, store: NotingStore
) -> None:
    form, answers = text_form("once"), list[TestResponse]()
    together = threading.Barrier(8)

    def deliver() -> None:
        together.wait(PATIENCE)
        answers.append(call(app, form))

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [is_acknowledged(answer) for answer in answers] == [True] * 8
    assert store.texts == ["once"]


def test_both_addresses_of_a_person_lead_to_one_chat(
    app: Flask, store: NotingStore
) -> None:
    one, other = "whatsapp:+15551230009", "whatsapp:US.9Z8Y"
    call(app, text_form("with both", From=one, ExternalUserId=other))
    call(app, text_form("with the id", From=other, ExternalUserId=other))
    assert store.texts == ["with both", "with the id"]
    assert len(store.chat_ids) == 1


def test_a_message_is_logged_with_its_sid_and_chat_and_without_text_and_number(
    app: Flask, store: NotingStore
) -> None:
    form = text_form("a-secret-question", ProfileName='Ana\n{"level": "ERROR"}')
    with recorded_log("INFO") as told:
        call(app, form)
        call(app, form)
    [new, repeated] = told.lines
    assert new["message"] == "took a message in: new"
    assert new["message_sid"] == repeated["message_sid"] == form["MessageSid"]
    assert [new["chat_id"]] == store.chat_ids
    assert repeated["message"] == "took a message in: repeated"
    for private in ("a-secret", "5551230000", "ERROR"):
        assert private not in told.text


def test_the_text_is_logged_at_debug_with_its_numbers_masked(app: Flask) -> None:
    with recorded_log("DEBUG") as told:
        call(app, text_form("call me: +15551239999"))
    assert told.messages[-1] == "the message says: call me: +15***99"


# Status callbacks


def test_a_status_callback_is_taken_in_with_our_part_from_its_query() -> None:
    statuses = Statuses(known=new_sid())
    app = build_app(StoreAway(), statuses)
    form = text_form(
        MessageSid=statuses.known, MessageStatus="failed", ErrorCode="63016"
    )
    with recorded_log() as told:
        assert is_acknowledged(call(app, form, f"{STATUS}?part={PART}"))
    [status] = statuses.told
    assert (status.message_sid, status.status) == (statuses.known, "failed")
    assert (str(status.part_id), status.error_code) == (PART, 63016)
    [line] = told.lines
    assert line["message"] == "delivery status: failed"
    assert (line["message_sid"], line["known"]) == (statuses.known, True)


@pytest.mark.parametrize("part", ["", "?part=", "?part=1&part=2", "?x=%00"])
def test_a_callback_for_a_message_that_we_do_not_know_is_acknowledged(
    part: str,
) -> None:
    statuses = Statuses(known=new_sid())
    form = text_form(MessageStatus="delivered")
    assert is_acknowledged(call(build_app(StoreAway(), statuses), form, STATUS + part))
    assert statuses.told[0].part_id is None


def test_the_memory_backend_acknowledges_callbacks(app: Flask) -> None:
    assert is_acknowledged(call(app, text_form(MessageStatus="sent"), STATUS))
