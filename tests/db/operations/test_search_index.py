"""What search costs those who write: the column, its triggers and its index."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from db.engine import Limits, build_engine
from db.postgres import PostgresChatStore
from tests.db.operations.past_chats import CLOSE, add_chat, find
from tests.db.sql import change, rows, take_in, value, values
from tests.records import BEN, answer_to, said

REOPEN = "UPDATE userchats SET is_active = true"
WORDS = "SELECT tsvector_to_array(search_tsv) FROM userchats"
FOUND = "SELECT content FROM search_messages(:words)"


@pytest.fixture
def pg(engine: Engine) -> PostgresChatStore:
    return PostgresChatStore(engine, timedelta(days=1))


def test_a_chat_is_indexed_when_it_closes_and_only_then(
    engine: Engine, pg: PostgresChatStore
) -> None:
    message = said("Do you sell bread?")
    chat_id = take_in(pg, message)
    assert values(engine, WORDS) == [None]
    change(engine, CLOSE)
    assert values(engine, WORDS) == [["bread", "do", "sell", "you"]]
    assert pg.record_reply(chat_id, answer_to(message, text="Rye."))
    assert values(engine, WORDS) == [["bread", "do", "rye", "sell", "you"]]
    change(engine, REOPEN)
    assert values(engine, WORDS) == [None]
    assert find(engine, "rye") == ["Rye."]


def test_a_chat_that_a_new_one_replaces_is_indexed(
    engine: Engine, pg: PostgresChatStore
) -> None:
    take_in(pg, said("bread"))
    take_in(pg, said("/new", opens_chat=True))
    assert values(engine, WORDS + " ORDER BY is_active") == [["bread"], None]


def test_a_changed_archive_is_indexed_again(engine: Engine) -> None:
    add_chat(engine, "bread", state="archived")
    change(engine, "UPDATE userchats_archive SET messages = '[]'")
    assert find(engine, "bread") == []
    words = "SELECT search_tsv::text FROM userchats_archive"
    assert value(engine, words) == ""


def test_closing_a_chat_that_no_index_can_hold_works_and_it_is_searched(
    engine: Engine, pg: PostgresChatStore
) -> None:
    take_in(pg, said("short"))
    huge = """
        UPDATE userchats SET messages = messages || (
          SELECT jsonb_agg(jsonb_build_object('role', 'user', 'content', content))
          FROM (SELECT string_agg(md5(n::text), ' ') AS content
                FROM generate_series(1, 60000) AS n GROUP BY n % 30) AS texts)
    """
    change(engine, huge)
    change(engine, CLOSE)
    assert values(engine, WORDS) == [["*unindexed*"]]
    token = value(engine, "SELECT md5('777')")
    assert len(find(engine, token)) == 1
    assert find(engine, "absent") == []


def test_selective_words_come_from_the_index(engine: Engine) -> None:
    for hour in range(3):
        add_chat(engine, f"bread {hour}", hour=hour)
    before = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = :index"
    index = "idx_userchats_search_tsv"
    with engine.begin() as connection:
        connection.execute(text(FOUND), {"words": "bread"})
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    assert value(engine, before, index=index) == 1


def test_appends_stay_cheap_and_leave_the_index_alone(database_url: str) -> None:
    # One connection: each one reports what it counted at its own next end.
    engine = build_engine(database_url, Limits(connections=1))
    pg = PostgresChatStore(engine, timedelta(days=1))
    for n in range(61):
        take_in(pg, said(f"message {n}", BEN))
    rows(engine, "SELECT pg_stat_force_next_flush()")
    query = """
        SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables
        WHERE relname = 'userchats'
    """
    ((every, hot),) = rows(engine, query)
    engine.dispose()
    assert every == 60
    assert hot >= 55  # a page that is full moves the row now and then
