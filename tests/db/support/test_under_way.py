"""What is on its way when a person takes a chat over: nothing leaves after it."""

import threading

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import DeliveryStatus
from db.support.owners import Owners, change_owner
from tests.db.parts import again, claim, replied
from tests.db.sql import appears, change, rows, waiting_backends
from tests.records import new_sid


def test_what_nobody_has_begun_to_send_is_canceled_and_told_so(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox, owners: Owners
) -> None:
    one, two = replied(pg, outbox, "one", "two")
    owners.take(one.user_id, None)
    assert {again(outbox, part).status for part in (one, two)} == {"canceled"}
    assert claim(outbox, one) is None
    why = "a person took the chat over before it was sent"
    told = "SELECT DISTINCT meaning FROM failed_deliveries"
    assert rows(database, told) == [(why,)]


def test_in_the_queue_what_the_bot_said_before_still_goes_out(
    pg: PostgresChatStore, outbox: PostgresOutbox, owners: Owners
) -> None:
    (one,) = replied(pg, outbox, "one")
    owners.give(one.user_id, None, to="queue")
    found = claim(outbox, one)
    assert found
    assert found.is_claimed


def test_who_takes_waits_for_what_is_being_sent(
    pg: PostgresChatStore, outbox: PostgresOutbox, database: Database
) -> None:
    one, two = replied(pg, outbox, "one", "two")
    claim(outbox, one)
    taken: list[bool] = []

    def take() -> None:
        found = Owners(database).take(one.user_id, None)
        taken.append(bool(found and found.under_way))

    thread = threading.Thread(target=take)
    thread.start()
    assert appears(lambda: again(outbox, two).status == "canceled")
    assert not taken
    outbox.record_accepted(one.part_id, new_sid(), "queued")
    thread.join()
    assert taken == [False]
    assert again(outbox, one).status == "queued"


def test_what_stays_under_way_is_told(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox, owners: Owners
) -> None:
    (one,) = replied(pg, outbox, "one")
    claim(outbox, one)
    slow = Owners(database, under_way_seconds=5)
    change(database, "UPDATE reply_parts SET claimed_at = now() + interval '1 hour'")
    found = owners.take(one.user_id, None)
    assert found
    assert found.under_way
    change(database, "UPDATE reply_parts SET claimed_at = now() - interval '1 minute'")
    found = slow.take(one.user_id, None)
    assert found
    assert not found.under_way, "who sent it is dead"


@pytest.mark.parametrize("given_back", [False, True])
@pytest.mark.parametrize("fate", ["released", "uncertain", "refused"])
def test_what_comes_back_after_a_takeover_is_not_sent_again(
    pg: PostgresChatStore,
    outbox: PostgresOutbox,
    owners: Owners,
    fate: str,
    given_back: bool,
) -> None:
    (one,) = replied(pg, outbox, "one")
    found = claim(outbox, one)
    assert found
    if fate == "refused":
        sid = new_sid()
        outbox.record_accepted(one.part_id, sid, "queued")
    if fate == "uncertain":
        outbox.record_uncertain(found.part)
    owners.take(one.user_id, None)
    if given_back:
        owners.give(one.user_id, None)
    if fate == "refused":
        later = DeliveryStatus(message_sid=sid, status="failed", error_code=63018)
        assert outbox.record_delivery_status(later)
    else:
        outbox.release_part(found.part)
    assert again(outbox, one).status == "pending"
    assert claim(outbox, one) is None
    assert again(outbox, one).status == "canceled"
    (two,) = replied(pg, outbox, "two") if given_back else (one,)
    found = claim(outbox, two)
    assert bool(found and found.is_claimed) is given_back


def test_what_is_given_back_while_somebody_takes_over_is_seen_by_who_claims_it(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (one,) = replied(pg, outbox, "one")
    found = claim(outbox, one)
    assert found
    with database.transaction() as connection:
        change_owner(connection, one.user_id, "human", operator=None, why="by hand")
        release = threading.Thread(target=outbox.release_part, args=[found.part])
        release.start()
        assert appears(lambda: waiting_backends(database))
        assert again(outbox, one).status == "sending"
    release.join()
    assert again(outbox, one).status == "pending"
    assert claim(outbox, one) is None, "it was pending before the commit nowhere"


def test_who_claims_while_somebody_takes_over_gets_nothing(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (one,) = replied(pg, outbox, "one")
    claimed: list[bool] = []

    def claim_it() -> None:
        found = claim(outbox, one)
        claimed.append(bool(found and found.is_claimed))

    with database.transaction() as connection:
        change_owner(connection, one.user_id, "human", operator=None, why="by hand")
        thread = threading.Thread(target=claim_it)
        thread.start()
        assert appears(lambda: waiting_backends(database))
    thread.join()
    assert claimed == [False]
    assert again(outbox, one).status == "canceled"
