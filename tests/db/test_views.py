"""The views that people read in psql: what they show of conversations."""

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import DeliveryStatus
from tests.db.sql import change, rows, take_in, value, values
from tests.db.talks import NOON, talk
from tests.records import ANA, BEN, answer_to, notice_about, said

ARCHIVE_IT = """
    WITH closed AS (
      DELETE FROM userchats WHERE chat_id = %(chat_id)s
      RETURNING chat_id, customer_id, messages, metadata, created_at, updated_at)
    INSERT INTO userchats_archive
      (chat_id, customer_id, messages, metadata, created_at, updated_at)
    SELECT * FROM closed
"""


def test_chat_messages_has_one_row_a_message(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = talk(pg)
    query = """
        SELECT chat_id, phone_number, full_name, position, role, content, model,
               tokens_used, response_time, archived
        FROM chat_messages ORDER BY position
    """
    ana = (chat_id, ANA, "Ana")
    assert rows(database, query) == [
        (*ana, 0, "user", "When do you open?", None, None, None, False),
        (*ana, 1, "assistant", "We open at nine.", "a-model", 20, 1.5, False),
    ]


def test_what_has_no_column_of_its_own_is_in_metadata(
    database: Database, pg: PostgresChatStore
) -> None:
    talk(pg)
    query = """
        SELECT sent_at, metadata - 'reference_id' = jsonb_build_object('in_reply_to',
                 (SELECT jsonb_agg(message_sid) FROM chat_messages WHERE role = 'user'))
        FROM chat_messages WHERE role = 'assistant'
    """
    assert rows(database, query) == [(NOON, True)]


def test_a_position_finds_the_message_in_the_array(
    database: Database, pg: PostgresChatStore
) -> None:
    talk(pg)
    query = """
        SELECT count(*) FROM chat_messages JOIN userchats USING (chat_id)
        WHERE messages -> position::int ->> 'content' = content
    """
    assert value(database, query) == 2


def test_a_chats_transcript_is_found_without_reading_the_others(
    database: Database, pg: PostgresChatStore
) -> None:
    with database.transaction() as connection:
        connection.count("SET LOCAL enable_seqscan TO off")
        query = "EXPLAIN SELECT content FROM chat_messages WHERE chat_id = 'ab'"
        plan = "\n".join(connection.column(query))
    assert "userchats_pkey" in plan
    assert "userchats_archive_pkey" in plan


def test_archived_chats_are_still_told_of(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = talk(pg)
    change(database, ARCHIVE_IT, chat_id=chat_id)
    talk(pg)
    archived = "SELECT archived, count(*) FROM chat_messages GROUP BY 1 ORDER BY 1"
    assert rows(database, archived) == [(False, 2), (True, 2)]
    overview = "SELECT archived, is_active, messages FROM chat_overview ORDER BY 1"
    assert rows(database, overview) == [(False, True, 2), (True, False, 2)]
    counts = "SELECT chats, messages, from_user, answers FROM user_statistics"
    assert rows(database, counts) == [(2, 4, 2, 2)]
    assert values(database, "SELECT answers FROM llm_usage_daily") == [2]


def test_chat_overview_tells_of_a_handoff(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("I want to talk to somebody"))
    told = "SELECT handoff, owner FROM chat_overview"
    assert rows(database, told) == [(False, "bot")]
    change(database, "SELECT change_owner(user_id, 'queue', NULL, '', NULL) FROM users")
    assert rows(database, told) == [(True, "queue")]
    change(database, "SELECT take_chat(chat_id) FROM userchats")
    assert rows(database, told) == [(True, "human")]
    change(database, "SELECT give_chat(chat_id) FROM userchats")
    assert rows(database, told) == [(False, "bot")]


def test_chat_overview_shows_the_last_message(
    database: Database, pg: PostgresChatStore
) -> None:
    talk(pg)
    take_in(pg, said("Hi", BEN))
    query = """
        SELECT phone_number, messages, last_message, unanswered,
               first_message_at <= last_message_at
        FROM chat_overview ORDER BY phone_number
    """
    assert rows(database, query) == [
        (ANA, 2, "We open at nine.", False, True),
        (BEN, 1, "Hi", True, True),
    ]


def test_user_statistics_know_who_said_nothing_and_who_stopped(
    database: Database, pg: PostgresChatStore
) -> None:
    talk(pg)
    stop = said("STOP", BEN)
    assert pg.record_reply(take_in(pg, stop), answer_to(stop, opts_out=True))
    change(database, "INSERT INTO users (phone_number) VALUES ('whatsapp:+9')")
    query = """
        SELECT phone_number, opted_out, chats, messages, answers, tokens_used,
               last_message_at IS NULL FROM user_statistics ORDER BY phone_number
    """
    assert rows(database, query) == [
        (ANA, False, 1, 2, 1, 20, False),
        (BEN, True, 1, 2, 0, 0, False),
        ("whatsapp:+9", False, 0, 0, 0, 0, True),
    ]


def test_a_message_is_unanswered_until_a_turn_settles_it(
    database: Database, pg: PostgresChatStore
) -> None:
    first, second = said("one"), said("two")
    chat_id = take_in(pg, first)
    take_in(pg, second)
    query = "SELECT content FROM unanswered_messages ORDER BY position"
    assert pg.record_reply(chat_id, notice_about(first))
    assert values(database, query) == ["one", "two"]
    assert pg.record_reply(chat_id, answer_to(first))
    assert values(database, query) == ["two"]
    assert value(database, "SELECT unanswered FROM chat_overview")
    assert pg.record_reply(chat_id, answer_to(second))
    assert values(database, query) == []
    assert not value(database, "SELECT unanswered FROM chat_overview")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(63016, "outside the service window of 24 hours"), (99999, None), (None, None)],
)
def test_failed_deliveries_say_why(
    database: Database,
    pg: PostgresChatStore,
    outbox: PostgresOutbox,
    code: int | None,
    meaning: str | None,
) -> None:
    talk(pg)
    part_id = value(database, "SELECT part_id FROM reply_parts")
    assert values(database, "SELECT part_id FROM failed_deliveries") == []
    told = DeliveryStatus(
        message_sid="SM1", status="undelivered", part_id=part_id, error_code=code
    )
    assert outbox.record_delivery_status(told)
    query = """
        SELECT address, full_name, status, error_code, meaning, body, message_sid
        FROM failed_deliveries
    """
    assert rows(database, query) == [
        (ANA, "Ana", "undelivered", code, meaning, "We open at nine.", "SM1")
    ]


def test_llm_usage_counts_what_an_llm_wrote(
    database: Database, pg: PostgresChatStore
) -> None:
    for seconds in (1.0, 2.0, 4.0):
        talk(pg, seconds=seconds)
    command = said("/help")
    assert pg.record_reply(take_in(pg, command), answer_to(command))
    query = "SELECT day, model, answers, tokens_used, p50_seconds FROM llm_usage_daily"
    assert rows(database, query) == [(NOON.date(), "a-model", 3, 60, 2)]


def test_deliveries_by_day_add_up(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    talk(pg)
    one = value(database, "SELECT part_id FROM reply_parts")
    for status in ("queued", "delivered", "read", "failed", "uncertain"):
        change(
            database,
            "INSERT INTO reply_parts (reference_id, chat_id, user_id, position, "
            "address, body, status) SELECT gen_random_uuid(), chat_id, user_id, 0, "
            "address, body, %(status)s FROM reply_parts WHERE part_id = %(one)s",
            one=one,
            status=status,
        )
    query = """
        SELECT messages, read, delivered, on_the_way, waiting, failed
        FROM deliveries_by_day
    """
    assert rows(database, query) == [(6, 1, 1, 1, 2, 1)]
