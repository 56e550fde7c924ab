"""However many rows there are, what runs all the time reads a few of them."""

from dataclasses import replace
from typing import Any

from procrastinate.sql import queries

from db.chats import MOST_PARTS, PostgresChatStore
from db.database import Database
from db.delivery.statements import LATEST_MESSAGES
from db.outbox import PostgresOutbox
from db.queue.in_hand import hold_job, in_hand
from db.queue.own_jobs import FINISH
from db.queue.taking import TAKE_NEWER
from db.records import Part
from tests.db.parts import claim, replied
from tests.db.privacy import aging
from tests.db.reading import Reading
from tests.db.sql import change, load, opened, take_in, value, values
from tests.records import ANA, BEN, answer_to, said

MANY = 3000
FEW = 100
# A hundred pages are read whole, or by whatever index. A million chats are not, and
# then there is one index for it.
AS_IF_LARGE = (
    "?options=-cenable_seqscan%3Doff%20-cenable_bitmapscan%3Doff%20-cenable_sort%3Doff"
)
PLANNED_AFTER = 12  # runs of a statement: psycopg's five, and PostgreSQL's five
JOBS = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock)
SELECT 'answers', 'answer_chat', 'answer:' || n FROM generate_series(1, %(many)s) AS n
"""
CHATS = """
INSERT INTO userchats (chat_id, customer_id, is_active, created_at, updated_at)
SELECT lpad(to_hex(n), 16, '0'), user_id, false, now() - interval '80 days',
       now() - interval '80 days'
FROM users, generate_series(1, %(many)s) AS n WHERE phone_number = %(address)s
"""
YOUNG_CHATS = """
WITH people AS (
  INSERT INTO users (phone_number)
  SELECT 'whatsapp:+1' || n FROM generate_series(1, %(many)s) AS n RETURNING user_id
)
INSERT INTO userchats (chat_id, customer_id)
SELECT left(md5(user_id::text), 16), user_id FROM people
"""
OTHERS_PARTS = """
INSERT INTO reply_parts
  (reference_id, chat_id, user_id, position, address, body, status)
SELECT gen_random_uuid(), chat_id, customer_id, 0, 'whatsapp:+1', 'Later.', 'pending'
FROM userchats JOIN users ON user_id = customer_id, generate_series(1, %(many)s)
WHERE phone_number = %(address)s
"""
SENT = """
UPDATE reply_parts SET status = 'sent' FROM users
WHERE users.user_id = reply_parts.user_id AND phone_number = %(address)s
"""
# As many as are looked at, after one to another number of ours.
KEYS = f"""
INSERT INTO inbound_messages (message_sid, address, our_address, received_at)
SELECT 'SM' || n, 'whatsapp:+1', CASE WHEN n = 0 THEN 'rare' ELSE 'ours' END,
       now() + n * interval '1 ms'
FROM generate_series(0, {LATEST_MESSAGES}) AS n
"""  # noqa: S608
CONTINUES = """
UPDATE userchats SET metadata = jsonb_build_object('continues', %(earlier)s::text)
WHERE chat_id = %(chat_id)s
"""


def test_a_worker_finds_a_job_among_many_that_wait(database: Database) -> None:
    with database.transaction() as connection:
        connection.count("SET LOCAL session_replication_role = replica")
        connection.count(JOBS, {"many": 10 * MANY})
    change(database, "ANALYZE procrastinate_jobs")
    reading = Reading(database, "procrastinate_jobs")
    job = database.first(queries["fetch_job"], {"queues": None, "worker_id": None})
    assert job.lock == "answer:1"
    assert reading.pages < FEW
    scans = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = %(name)s"
    assert value(database, scans, name="idx_jobs_open_lock") > 0


def test_a_message_is_taken_in_as_planned_for_few_people_though_many_came_since(
    database: Database, pg: PostgresChatStore
) -> None:
    early = [f"whatsapp:+4915{n:02}" for n in range(PLANNED_AFTER)]
    for address in early:
        take_in(pg, said("Hi", address))
    change(database, YOUNG_CHATS, many=10 * MANY)
    reading = Reading(database, "users")
    for address in (early[0], ANA):
        take_in(pg, said("Are you open?", address))
    assert reading.pages < FEW


def test_whether_a_trouble_was_told_is_found_among_many_finished_jobs(
    database: Database, outbox: PostgresOutbox, pg: PostgresChatStore
) -> None:
    (part,) = replied(pg, outbox, "Too late.")
    with database.transaction() as connection:
        connection.count("SET LOCAL session_replication_role = replica")
        connection.count(JOBS, {"many": 10 * MANY})
        connection.count("UPDATE procrastinate_jobs SET status = 'succeeded'")
    change(database, "ANALYZE procrastinate_jobs")
    reading = Reading(database, "procrastinate_jobs")
    outbox.record_failed(part, 63016)
    outbox.record_failed(part, 63016)
    assert reading.pages < FEW
    told = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tell_trouble'"
    assert value(database, told) == 1


def test_a_worker_asks_for_what_is_queued_without_reading_all(
    database: Database, outbox: PostgresOutbox, pg: PostgresChatStore
) -> None:
    message = said("Hi")
    chat_id = take_in(pg, message)
    change(database, JOBS, many=MANY)
    change(database, "ANALYZE procrastinate_jobs")
    user_id = load(pg, chat_id).user_id
    reading = Reading(database, "procrastinate_jobs")
    assert pg.record_reply(chat_id, answer_to(message))
    outbox.queue_sends(user_id)
    outbox.queue_sends(user_id)
    assert reading.pages < FEW
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE lock = %(lock)s"
    assert value(database, waiting, lock=f"send:{user_id}") == 1


def test_what_runs_for_an_answer_passes_little_of_what_died_during_a_backup(
    database: Database, outbox: PostgresOutbox, pg: PostgresChatStore
) -> None:
    with opened(database.url) as other, other.transaction(snapshot=True) as backup:
        backup.scalar("SELECT count(*) FROM procrastinate_jobs")
        newest = done_meanwhile(database)
        change(database, "ANALYZE procrastinate_jobs")  # as autovacuum does
        message = said("Hi")
        chat_id = take_in(pg, message)
        user_id = load(pg, chat_id).user_id
        reading = Reading(database, "procrastinate_jobs")
        look: dict[str, Any] = {"queues": None, "worker_id": None, "most": 4}
        look |= {"named": [], "since": newest}
        job, nothing = database.rows(TAKE_NEWER, look)
        assert (job.args, nothing.id) == ({"chat_id": chat_id}, None)
        with in_hand(job.id, job.attempts), database.transaction() as connection:
            assert hold_job(connection)
        assert pg.record_reply(chat_id, answer_to(message))
        outbox.queue_sends(user_id)
        outbox.queue_sends(user_id)
        how = {"status": "succeeded", "delete_job": True, "job_id": job.id}
        how |= {"attempts": job.attempts, "worker_id": None}
        assert database.count(FINISH, how) == 1
        assert reading.pages < 2 * FEW
        assert backup.scalar("SELECT count(*) FROM procrastinate_jobs") == 0


def test_what_is_sent_passes_little_of_what_was_sent_during_a_backup(
    database: Database, outbox: PostgresOutbox, pg: PostgresChatStore
) -> None:
    (part,) = replied(pg, outbox, "We open at nine.")
    take_in(pg, said("Hello", BEN))
    with opened(database.url) as other, other.transaction(snapshot=True) as backup:
        backup.scalar("SELECT count(*) FROM reply_parts")
        change(database, OTHERS_PARTS, many=MANY, address=BEN)
        change(database, SENT, address=BEN)
        change(database, "ANALYZE reply_parts")  # as autovacuum does: all is settled
        reading = Reading(database, "reply_parts")
        assert claim(outbox, part)
        sent = outbox.record_accepted(part.part_id, "SM" + "0" * 32, "queued")
        assert (sent.is_stored, sent.has_more) == (True, False)
        assert reading.pages < FEW
        assert backup.scalar("SELECT count(*) FROM reply_parts") == 1


def done_meanwhile(database: Database) -> int:
    """Have many jobs wait, run and end; return the number of the last one."""
    with database.transaction() as connection:
        connection.count("SET LOCAL session_replication_role = replica")
        connection.count(JOBS, {"many": MANY})
        connection.count("UPDATE procrastinate_jobs SET status = 'doing'")
        newest = connection.scalar("SELECT max(id) FROM procrastinate_jobs")
        connection.count("DELETE FROM procrastinate_jobs")
        return int(newest)


def test_a_chat_is_loaded_without_its_users_other_chats(
    database: Database, pg: PostgresChatStore
) -> None:
    earlier = take_in(pg, said("The beginning"))
    chat_id = take_in(pg, said("The rest", opens_chat=True))
    change(database, CONTINUES, earlier=earlier, chat_id=chat_id)
    for number in range(20):
        take_in(pg, said("Hello", f"whatsapp:+1555000{number:04}"))
    change(database, "ANALYZE userchats")  # people have a chat or two, as it seems
    change(database, CHATS, many=MANY, address=ANA)
    reading = Reading(database, "userchats")
    chat = load(pg, chat_id)
    assert [turn.content for turn in chat.earlier_turns] == ["The beginning"]
    assert reading.pages < FEW


def test_a_chat_is_loaded_without_all_that_its_user_was_ever_answered(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("first"))
    change(database, OTHERS_PARTS, many=MANY, address=ANA)
    parts = Reading(database, "reply_parts")
    assert load(pg, chat_id).answers_of_hour is None, "so many, if that matters"
    assert parts.pages < MOST_PARTS + FEW
    change(database, "UPDATE reply_parts SET created_at = now() - interval '2 h'")
    assert load(pg, chat_id).answers_of_hour == 0


def test_a_chat_that_continues_somebody_elses_does_not_show_it(
    database: Database, pg: PostgresChatStore
) -> None:
    bens = take_in(pg, said("Not for Ana", BEN))
    chat_id = take_in(pg, said("Hello", ANA))
    change(database, CONTINUES, earlier=bens, chat_id=chat_id)
    assert load(pg, chat_id).earlier_turns == ()


def test_idle_chats_are_found_among_the_active_ones(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    idle = aging.answered(pg)
    aging.grow_old(database, idle, 31)
    take_in(pg, said("Hello", BEN))
    change(database, CHATS, many=MANY, address=BEN)
    change(database, YOUNG_CHATS, many=MANY)
    change(database, "DROP INDEX idx_userchats_created_at, idx_userchats_is_active")
    change(database, "ANALYZE userchats")
    ages = replace(
        aging.AGES, archive=None, drop_system_messages=None, delete_archived=None
    )
    with opened(database_url + AS_IF_LARGE) as large:
        reading = Reading(large, "userchats")
        assert aging.run(large, ages) == {"idle chats closed": 1}
        assert reading.pages < FEW


def test_our_numbers_are_found_among_the_latest_messages(
    database: Database, outbox: PostgresOutbox
) -> None:
    change(database, KEYS)
    assert outbox.find_our_addresses() == ["ours"]
    change(database, "DELETE FROM inbound_messages WHERE message_sid = 'SM1'")
    assert outbox.find_our_addresses() == ["ours", "rare"]


def try_in_vain(outbox: PostgresOutbox, part: Part) -> None:
    """Claim a part and give it back, in each of the ways in which it stays unsent."""
    for give_back in (outbox.release_part, outbox.record_uncertain):
        claimed = claim(outbox, part)
        assert claimed is not None
        assert claimed.is_claimed
        outbox.free_refused(claimed.part, "SMnone")
        give_back(claimed.part)
        outbox.release_part(claimed.part)


def test_a_part_is_claimed_and_given_back_among_many_that_wait(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    part, _ = replied(pg, outbox, "One", "Two")
    take_in(pg, said("Hello", BEN))
    for _ in range(PLANNED_AFTER):  # as plans are made where hardly anything waits
        try_in_vain(outbox, part)
    change(database, OTHERS_PARTS, many=MANY, address=BEN)
    reading = Reading(database, "reply_parts")
    try_in_vain(outbox, part)
    assert reading.pages < 2 * FEW
    outbox.record_failed(part, 63016)
    told = "SELECT status FROM reply_parts WHERE user_id = %(user)s"
    assert values(database, told, user=part.user_id) == ["failed", "failed"]
