"""What search costs those who write: the column, its triggers and its index."""

from datetime import timedelta

from db.chats import PostgresChatStore
from db.database import Database
from db.pool import Limits
from tests.db.queries.past_chats import CLOSE, add_chat, find
from tests.db.sql import change, rows, take_in, value, values
from tests.records import BEN, answer_to, said

REOPEN = "UPDATE userchats SET is_active = true"
WORDS = "SELECT tsvector_to_array(search_tsv) FROM userchats"
FOUND = "SELECT content FROM search_messages(%(words)s)"


def test_a_chat_is_indexed_when_it_closes_and_only_then(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Do you sell bread?")
    chat_id = take_in(pg, message)
    assert values(database, WORDS) == [None]
    change(database, CLOSE)
    assert values(database, WORDS) == [["bread", "do", "sell", "you"]]
    assert pg.record_reply(chat_id, answer_to(message, text="Rye."))
    assert values(database, WORDS) == [["bread", "do", "rye", "sell", "you"]]
    change(database, REOPEN)
    assert values(database, WORDS) == [None]
    assert find(database, "rye") == ["Rye."]


def test_a_chat_that_a_new_one_replaces_is_indexed(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("bread"))
    take_in(pg, said("/new", opens_chat=True))
    assert values(database, WORDS + " ORDER BY is_active") == [["bread"], None]


def test_a_changed_archive_is_indexed_again(database: Database) -> None:
    add_chat(database, "bread", state="archived")
    change(database, "UPDATE userchats_archive SET messages = '[]'")
    assert find(database, "bread") == []
    words = "SELECT search_tsv::text FROM userchats_archive"
    assert value(database, words) == ""


def test_closing_a_chat_that_no_index_can_hold_works_and_it_is_searched(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("short"))
    huge = """
        UPDATE userchats SET messages = messages || (
          SELECT jsonb_agg(jsonb_build_object('role', 'user', 'content', content))
          FROM (SELECT string_agg(md5(n::text), ' ') AS content
                FROM generate_series(1, 60000) AS n GROUP BY n % 30) AS texts)
    """
    change(database, huge)
    change(database, CLOSE)
    assert values(database, WORDS) == [["*unindexed*"]]
    token = value(database, "SELECT md5('777')")
    assert len(find(database, token)) == 1
    assert find(database, "absent") == []


def test_selective_words_come_from_the_index(database: Database) -> None:
    for hour in range(3):
        add_chat(database, f"bread {hour}", hour=hour)
    before = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = %(index)s"
    index = "idx_userchats_search_tsv"
    with database.transaction() as connection:
        connection.rows(FOUND, {"words": "bread"})
        connection.scalar("SELECT pg_stat_force_next_flush()")
    assert value(database, before, index=index) == 1


def test_appends_stay_cheap_and_leave_the_index_alone(database_url: str) -> None:
    # One connection: each one reports what it counted at its own next end.
    database = Database(database_url, Limits(connections=1))
    pg = PostgresChatStore(database, timedelta(days=1))
    for n in range(61):
        take_in(pg, said(f"message {n}", BEN))
    rows(database, "SELECT pg_stat_force_next_flush()")
    query = """
        SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables
        WHERE relname = 'userchats'
    """
    ((every, hot),) = rows(database, query)
    database.close()
    assert every == 60
    assert hot >= 55  # a page that is full moves the row now and then
