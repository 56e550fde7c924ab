"""STOP takes effect at once: what is unsent by then is not sent, whoever dies."""

from dataclasses import replace

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import DeliveryStatus, Part
from tests.db.parts import again, claim, replied
from tests.db.sql import change, load, rows, take_in
from tests.records import BEN, answer_to, new_sid, said


def stops(pg: PostgresChatStore) -> None:
    """Ana writes STOP, which is confirmed."""
    stop = said("STOP")
    assert pg.record_reply(
        take_in(pg, stop), answer_to(stop, text="Stopped.", opts_out=True)
    )


def starts(pg: PostgresChatStore) -> None:
    start = said("START")
    assert pg.record_reply(
        take_in(pg, start), answer_to(start, text="Started.", opts_out=False)
    )


def sent_next(outbox: PostgresOutbox, part: Part) -> str | None:
    """Send what is next for the part's user; return its text."""
    found = claim(outbox, part)
    if found is None:
        return None
    assert found.is_claimed
    outbox.record_accepted(found.part.part_id, new_sid(), "sent")
    return found.part.body


def test_the_rest_of_an_answer_is_not_sent_and_the_confirmation_is(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    one, two, three = replied(pg, outbox, "one", "two", "three")
    (other,) = replied(pg, outbox, "to somebody else", to=BEN)
    assert sent_next(outbox, one) == "one"
    stops(pg)
    assert again(outbox, two).status == again(outbox, three).status == "canceled"
    assert sent_next(outbox, one) == "Stopped."
    assert sent_next(outbox, one) is None
    assert sent_next(outbox, other) == "to somebody else"


def test_psql_shows_why(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "one")
    stops(pg)
    query = "SELECT status, error_code, meaning, body FROM failed_deliveries"
    why = "the user wrote STOP before it was sent"
    assert rows(database, query) == [("canceled", None, why, "one")]


def test_what_twilio_cancels_is_no_stop(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (one,) = replied(pg, outbox, "one")
    claim(outbox, one)
    outbox.record_accepted(one.part_id, new_sid(), "canceled")
    query = "SELECT status, meaning FROM failed_deliveries"
    assert rows(database, query) == [("canceled", None)]


def test_start_does_not_bring_back_what_stop_ended(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (one,) = replied(pg, outbox, "one")
    stops(pg)
    starts(pg)
    assert sent_next(outbox, one) == "Stopped."
    assert sent_next(outbox, one) == "Started."
    assert sent_next(outbox, one) is None


def test_a_part_on_its_way_when_stop_came_is_not_tried_again(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    one, two = replied(pg, outbox, "one", "two")
    found = claim(outbox, one)
    assert found
    outbox.record_uncertain(found.part)  # its sender died, or got no answer
    stops(pg)
    assert again(outbox, one).status == "uncertain"
    assert again(outbox, two).status == "canceled"
    outbox.release_part(found.part)  # Twilio does not know it
    assert sent_next(outbox, one) == "Stopped."
    assert again(outbox, one).status == "canceled"


def test_twilio_s_word_of_an_opt_out_ends_what_waits_too(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (one,) = replied(pg, outbox, "one")
    (two,) = replied(pg, outbox, "two")
    found = claim(outbox, one)
    assert found
    outbox.record_failed(found.part, 21610)
    assert claim(outbox, one) is None
    assert again(outbox, two).status == "canceled"
    change(database, "DELETE FROM opt_outs")
    assert claim(outbox, one) is None


def test_a_callback_says_once_that_the_user_opted_out_at_twilio(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (one,) = replied(pg, outbox, "one")
    claim(outbox, one)
    sid = new_sid()
    outbox.record_accepted(one.part_id, sid, "sent")
    told = DeliveryStatus(message_sid=sid, status="undelivered", error_code=21610)
    assert outbox.record_delivery_status(told)
    assert load(pg, one.chat_id).opted_out
    starts(pg)
    assert outbox.record_delivery_status(told), "somebody sends it again"
    assert outbox.record_delivery_status(replace(told, part_id=one.part_id))
    assert outbox.record_delivery_status(replace(told, status="failed"))
    assert not load(pg, one.chat_id).opted_out


def test_nor_does_one_about_a_message_that_the_user_has(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (one,) = replied(pg, outbox, "one")
    claim(outbox, one)
    sid = new_sid()
    outbox.record_accepted(one.part_id, sid, "read")
    told = DeliveryStatus(message_sid=sid, status="failed", error_code=21610)
    outbox.record_delivery_status(told)
    assert not load(pg, one.chat_id).opted_out


@pytest.mark.parametrize("names_the_part", [True, False])
def test_an_early_callback_says_it_too(
    pg: PostgresChatStore, outbox: PostgresOutbox, names_the_part: bool
) -> None:
    (one,) = replied(pg, outbox, "one")
    claim(outbox, one)
    told = DeliveryStatus(
        message_sid=new_sid(),
        status="failed",
        error_code=21610,
        part_id=one.part_id if names_the_part else None,
    )
    outbox.record_delivery_status(told)
    outbox.record_accepted(one.part_id, told.message_sid, "queued")
    assert load(pg, one.chat_id).opted_out
