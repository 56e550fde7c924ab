"""Parts are claimed once, one after the other, in the order of their making."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from tests.db.parts import again, claim, replied, told
from tests.db.sql import change, values
from tests.records import BEN, new_sid


def test_of_sixteen_workers_one_claims_a_part(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    with ThreadPoolExecutor(16) as threads:
        claims = list(threads.map(lambda p: claim(outbox, p), [part] * 16))
    assert [found.is_claimed for found in claims if found].count(True) == 1
    claimed = again(outbox, part)
    assert (claimed.status, claimed.attempts) == ("sending", 1)
    assert claimed.claimed_at is not None


def test_a_released_part_may_be_claimed_again(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    found = claim(outbox, part)
    assert found
    assert again(outbox, part).status == "sending"
    outbox.release_part(found.part, error_code=20429)
    assert again(outbox, part).status == "pending"
    claim(outbox, part)
    assert again(outbox, part).attempts == 2


def test_a_users_parts_are_claimed_in_the_order_in_which_they_were_made(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    one, two = replied(pg, outbox, "one", "two")
    replied(pg, outbox, "to somebody else", to=BEN)
    (three,) = replied(pg, outbox, "three")
    for part in (one, two, three):
        found = claim(outbox, one)
        assert found
        assert found.is_claimed
        assert found.part.part_id == part.part_id
        outbox.record_accepted(part.part_id, new_sid(), "sent")
    assert claim(outbox, one) is None


@pytest.mark.parametrize("status", ["sending", "uncertain"])
def test_nothing_overtakes_a_part_whose_send_has_no_outcome_yet(
    pg: PostgresChatStore, outbox: PostgresOutbox, status: str
) -> None:
    one, two = replied(pg, outbox, "one", "two")
    claimed = claim(outbox, one)
    assert claimed
    if status == "uncertain":
        outbox.record_uncertain(claimed.part)
    found = claim(outbox, two)
    assert found
    assert (found.part.part_id, found.part.status) == (one.part_id, status)
    assert not found.is_claimed
    assert again(outbox, two).status == "pending"


@pytest.mark.parametrize("status", ["accepted", "queued", "scheduled"])
def test_a_part_waits_a_few_seconds_for_the_one_before_to_be_sent(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox, status: str
) -> None:
    one, two = replied(pg, outbox, "one", "two")
    claim(outbox, one)
    outbox.record_accepted(one.part_id, new_sid(), status)
    held = claim(outbox, two)
    assert held
    assert (held.is_behind, held.is_claimed) == (True, False)
    earlier = "UPDATE reply_parts SET claimed_at = claimed_at - interval '5 s'"
    change(database, f"{earlier} WHERE part_id = %(id)s", id=one.part_id)
    found = claim(outbox, two)
    assert found
    assert (found.is_behind, found.is_claimed) == (False, True)


def test_what_is_too_old_for_an_answer_is_not_claimed(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    change(database, "UPDATE reply_parts SET created_at = now() - interval '25 h'")
    found = claim(outbox, part)
    assert found
    assert not found.is_claimed
    assert again(outbox, part).status == "pending"


def test_a_part_that_fails_takes_the_rest_of_its_reply_along(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    one, two, three = replied(pg, outbox, "one", "two", "three")
    claim(outbox, one)
    outbox.record_accepted(one.part_id, new_sid(), "sent")
    claim(outbox, two)
    outbox.record_failed(two, 63016)
    statuses = [again(outbox, part).status for part in (one, two, three)]
    assert statuses == ["sent", "failed", "failed"]


def test_what_is_left_to_send_is_a_job_of_the_user(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    outbox.queue_sends(part.user_id)
    query = "SELECT lock FROM procrastinate_jobs WHERE task_name = 'send_parts'"
    assert values(database, query) == [f"send:{part.user_id}"]


def test_who_sent_a_part_is_told_whether_its_user_has_more(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "Hi Ben", to=BEN)
    one, two = replied(pg, outbox, "one", "two")
    assert outbox.record_accepted(one.part_id, new_sid(), "queued").has_more
    assert not outbox.record_accepted(two.part_id, new_sid(), "queued").has_more


def test_who_sent_a_part_that_was_refused_meanwhile_looks_again(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    [part] = replied(pg, outbox, "Hello")
    claim(outbox, part)
    sid = new_sid()
    assert outbox.record_delivery_status(
        replace(told(sid, "failed", part), error_code=63018)
    )
    recorded = outbox.record_accepted(part.part_id, sid, "queued")
    assert not recorded.is_stored
    assert recorded.has_more
