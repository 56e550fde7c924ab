"""Parts of replies: claimed once, moved forward only."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import DeliveryStatus, PartContent, Template
from tests.db.parts import again, claim, replied, told
from tests.db.sql import change, load
from tests.records import ANA, BEN, new_sid

# before: what a callback says -> after. What isn't here leaves the part as it is.
FORWARD = {
    "pending": {
        "accepted": "accepted", "queued": "queued", "sending": "queued",
        "sent": "sent", "delivered": "delivered", "read": "read",
        "failed": "failed", "undelivered": "undelivered", "canceled": "canceled",
        "scheduled": "scheduled", "brand-new": "accepted",
    },
    "accepted": {
        "scheduled": "scheduled", "queued": "queued", "sending": "queued",
        "sent": "sent", "delivered": "delivered", "read": "read",
        "failed": "failed", "undelivered": "undelivered", "canceled": "canceled",
    },
    "queued": {
        "sent": "sent", "delivered": "delivered", "read": "read",
        "failed": "failed", "undelivered": "undelivered", "canceled": "canceled",
    },
    "sent": {
        "delivered": "delivered", "read": "read",
        "failed": "failed", "undelivered": "undelivered", "canceled": "canceled",
    },
    "delivered": {"read": "read"},
    "read": {},
    "failed": {},
    "undelivered": {},
    "canceled": {},
}  # fmt: skip
TOLD = tuple(FORWARD["pending"])


CONTENTS = {
    "a text": PartContent("It is on its way ☕"),
    "a picture": PartContent("Here it is", media=("https://shop.example/7.png",)),
    "a file without words": PartContent("", media=("https://a/1", "https://a/2")),
    "a template": PartContent(
        "Ana, your order 7 is here.",
        template=Template("HX" + "0" * 32, {"1": "Ana", "2": "\"7\" 'or' {so}"}),
    ),
    "a person's words": PartContent("Hello, this is Ben.", author="ben@shop.example"),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_part_says_what_was_stored_to_whoever_finds_or_claims_it(
    pg: PostgresChatStore, outbox: PostgresOutbox, kind: str
) -> None:
    [part] = replied(pg, outbox, CONTENTS[kind])
    claimed = claim(outbox, part)
    assert claimed
    for found in (part, claimed.part):
        assert found.to_json() == CONTENTS[kind].to_json()
        assert (found.media, found.template) == (
            CONTENTS[kind].media,
            CONTENTS[kind].template,
        )


def test_what_postgresql_cannot_hold_is_replaced_in_a_part_too(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    template = Template("HX1", {"1": "half \ud83d"})
    strange = PartContent("a\x00b", media=("https://a/\x00",), template=template)
    [part] = replied(pg, outbox, strange)
    assert (part.body, part.media) == ("a\ufffdb", ("https://a/\ufffd",))
    assert part.template == Template("HX1", {"1": "half \ufffd"})


def test_a_replys_parts_come_in_their_order(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    parts = replied(pg, outbox, *(f"part {n}" for n in range(12)))
    assert [part.body for part in parts] == [f"part {n}" for n in range(12)]
    assert [part.position for part in parts] == list(range(12))
    assert {(part.status, part.attempts, part.address) for part in parts} == {
        ("pending", 0, ANA)
    }
    assert outbox.find_parts(uuid4()) == []


@pytest.mark.parametrize("before", FORWARD)
def test_callbacks_move_a_part_forward_only(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox, before: str
) -> None:
    parts = replied(pg, outbox, *TOLD)
    for part, status in zip(parts, TOLD, strict=True):
        sid = new_sid()
        put = "UPDATE reply_parts SET status = %(status)s, message_sid = %(sid)s"
        mine = " WHERE part_id = %(id)s"
        change(database, put + mine, status=before, sid=sid, id=part.part_id)
        for _ in range(2):
            assert outbox.record_delivery_status(told(sid, status))
    after = {
        part.body: part.status for part in outbox.find_parts(parts[0].reference_id)
    }
    assert after == {status: FORWARD[before].get(status, before) for status in TOLD}


@pytest.mark.parametrize("earlier", ["sending", "uncertain", "pending"])
@pytest.mark.parametrize("status", ["sent", "delivered", "failed"])
def test_a_callback_before_the_sid_is_known_finds_its_part(
    database: Database,
    pg: PostgresChatStore,
    outbox: PostgresOutbox,
    earlier: str,
    status: str,
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    change(database, "UPDATE reply_parts SET status = %(status)s", status=earlier)
    sid = new_sid()
    assert not outbox.record_delivery_status(told(sid, status))
    assert outbox.record_delivery_status(told(sid, status, part))
    outbox.record_accepted(part.part_id, sid, "queued")
    now = again(outbox, part)
    assert (now.status, now.message_sid) == (status, sid)


def test_callbacks_at_once_before_the_sid_is_known_lose_nothing(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    parts = replied(pg, outbox, *(f"part {n}" for n in range(40)))
    sids = {part.part_id: new_sid() for part in parts}
    callbacks = [
        told(sids[part.part_id], status, part)
        for part in parts
        for status in ("sent", "delivered", "sent", "delivered")
    ]
    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(outbox.record_delivery_status, callbacks))
    now = outbox.find_parts(parts[0].reference_id)
    assert {part.status for part in now} == {"delivered"}
    assert {part.part_id: part.message_sid for part in now} == sids


def test_a_status_of_a_message_that_is_not_ours_changes_nothing(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    outbox.record_accepted(part.part_id, new_sid(), "queued")
    before = again(outbox, part)
    assert not outbox.record_delivery_status(told(new_sid(), "read"))
    assert not outbox.record_delivery_status(told(new_sid(), "read", part))
    stranger = DeliveryStatus(message_sid=new_sid(), status="read", part_id=uuid4())
    assert not outbox.record_delivery_status(stranger)
    assert again(outbox, part) == before


def test_the_error_code_comes_with_the_failure(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    sid = new_sid()
    outbox.record_accepted(part.part_id, sid, "queued")
    failed = DeliveryStatus(message_sid=sid, status="undelivered", error_code=63016)
    assert outbox.record_delivery_status(failed)
    assert outbox.record_delivery_status(told(sid, "sent"))
    where = "UPDATE reply_parts SET attempts = 9 WHERE error_code = 63016"
    assert change(database, where) == 1
    assert again(outbox, part).status == "undelivered"


def test_what_we_gave_up_was_delivered_if_twilio_says_so(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    outbox.record_failed(part, 63016)
    assert again(outbox, part).status == "failed"
    assert outbox.record_delivery_status(told(new_sid(), "delivered", part))
    assert again(outbox, part).status == "delivered"


def test_what_twilio_has_is_neither_freed_nor_given_up(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    outbox.record_accepted(part.part_id, new_sid(), "queued")
    before = again(outbox, part)
    outbox.release_part(part)
    outbox.record_uncertain(part)
    outbox.record_failed(part, 1)
    assert claim(outbox, part) is None
    assert again(outbox, part) == before


@pytest.mark.parametrize("status", ["sending", "brand-new", ""])
def test_a_part_with_a_sid_is_never_unresolved(
    pg: PostgresChatStore, outbox: PostgresOutbox, status: str
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    claim(outbox, part)
    outbox.record_accepted(part.part_id, new_sid(), status)
    assert again(outbox, part).status in {"accepted", "queued"}


def test_a_sid_is_known_once_a_part_has_it(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    sid = new_sid()
    assert outbox.find_known([sid]) == set()
    outbox.record_accepted(part.part_id, sid, "accepted")
    assert outbox.find_known([sid, new_sid()]) == {sid}


def test_an_opt_out_that_only_twilio_knew_of_is_recorded(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (anas,), (bens,) = replied(pg, outbox, "a"), replied(pg, outbox, "b", to=BEN)
    claim(outbox, anas)
    outbox.record_failed(anas, 21610)
    outbox.record_failed(bens, 63005)
    assert load(pg, anas.chat_id).opted_out
    assert not load(pg, bens.chat_id).opted_out


def test_a_parts_way_through_twilio_writes_to_no_index(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    outbox.record_accepted(part.part_id, new_sid(), "accepted")
    hot = "pg_stat_get_xact_tuples_hot_updated('reply_parts'::regclass)"
    with database.transaction() as connection:
        for status in ("queued", "sent", "delivered", "read"):
            connection.count(f"UPDATE reply_parts SET status = '{status}'")  # noqa: S608
        assert connection.scalar(f"SELECT {hot}") == 4
