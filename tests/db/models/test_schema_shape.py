"""The schema that people query: names, comments, checks, triggers, cheap appends."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.pool import Limits
from tests.db.sql import change, rows, take_in, value, values
from tests.records import answer_to, said

NAMED_IN_THE_CONTRACT = {
    "users": {
        "user_id": "uuid", "email": "text", "phone_number": "text",
        "full_name": "text", "hashed_password": "text", "password_history": "jsonb",
        "is_active": "boolean", "created_at": "timestamp with time zone",
        "updated_at": "timestamp with time zone",
    },
    "userchats": {
        "chat_id": "text", "customer_id": "uuid", "is_active": "boolean",
        "messages": "jsonb", "metadata": "jsonb",
        "created_at": "timestamp with time zone",
        "updated_at": "timestamp with time zone",
    },
}  # fmt: skip
INDEXES = {
    "idx_users_phone_number", "idx_users_email", "idx_users_is_active",
    "idx_userchats_customer_id", "idx_userchats_is_active", "idx_userchats_created_at",
}  # fmt: skip
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def chat_id(database: Database, pg: PostgresChatStore) -> str:
    """A chat, a user and a part whose updated_at lies long ago."""
    message = said("Hello")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message))
    for table in ("users", "userchats", "reply_parts"):
        change(database, f"ALTER TABLE {table} DISABLE TRIGGER USER")
        change(database, f"UPDATE {table} SET updated_at = %(then)s", then=LONG_AGO)  # noqa: S608
        change(database, f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return chat_id


def test_tables_have_the_columns_that_people_query(database: Database) -> None:
    for table, columns in NAMED_IN_THE_CONTRACT.items():
        query = """
            SELECT column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = %(table)s
        """
        found = dict(rows(database, query, table=table))
        assert found.items() >= columns.items()


def test_the_indexes_have_the_names_that_were_promised(database: Database) -> None:
    query = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
    assert set(values(database, query)) >= INDEXES
    unique = query + " AND indexdef LIKE 'CREATE UNIQUE%'"
    assert set(values(database, unique)) >= {
        "idx_users_phone_number",
        "idx_users_email",
    }


def test_no_index_of_userchats_mentions_what_every_append_changes(
    database: Database,
) -> None:
    query = """
        SELECT indexname FROM pg_indexes
        WHERE tablename = 'userchats' AND indexdef ~ '(messages|updated_at)'
    """
    assert values(database, query) == []


REFUSED = {
    "two active chats of a user": """
        INSERT INTO userchats (chat_id, customer_id)
        SELECT 'fedcba9876543210', user_id FROM users""",
    "a chat_id that is not 16 hex characters": """
        INSERT INTO userchats (chat_id, customer_id, is_active)
        SELECT 'FEDCBA9876543210', user_id, false FROM users""",
    "messages that are no array": "UPDATE userchats SET messages = '{}'",
    "a message that is no object": """UPDATE userchats SET messages = '["hello"]'""",
    "a message in a list of its own": """
        UPDATE userchats SET messages = '[[{"role": "user", "content": "Hi"}]]'""",
    "a message without a role": """
        UPDATE userchats SET messages = messages || '{"content": "Hi"}'""",
    "a role that does not exist": """
        UPDATE userchats SET messages = messages || '{"role": "operator"}'""",
    "a role that is no text": """
        UPDATE userchats SET messages = messages || '{"role": ["user"]}'""",
    "a role that is nothing": """
        UPDATE userchats SET messages = messages || '{"role": null}'""",
    "a role that does not exist, deep in the chat": """
        UPDATE userchats SET messages = jsonb_set(messages, '{0,role}', '"me"')""",
    "an archived role that does not exist": """
        INSERT INTO userchats_archive (chat_id, customer_id, messages)
        SELECT chat_id, customer_id, '[{"role": "me"}]' FROM userchats""",
    "a part's media that are no list": "UPDATE reply_parts SET media = '{}'",
    "a template that is no object": "UPDATE reply_parts SET template = '[]'",
    "a delivery status that does not exist": "UPDATE reply_parts SET status = 'lost'",
    "messages that are missing": "UPDATE userchats SET messages = NULL",
    "metadata that is no object": "UPDATE userchats SET metadata = '[]'",
    "metadata that is missing": "UPDATE userchats SET metadata = NULL",
    "a chat of nobody": """
        INSERT INTO userchats (chat_id, customer_id)
        VALUES ('fedcba9876543210', gen_random_uuid())""",
    "an address twice": "INSERT INTO users (phone_number) TABLE phone_numbers",
    "an email twice": """
        INSERT INTO users (phone_number, email)
        VALUES ('whatsapp:+1', 'a@example.com'), ('whatsapp:+2', 'a@example.com')""",
    "a user without an address": "INSERT INTO users (full_name) VALUES ('Ana')",
    "a SID taken in twice": """
        INSERT INTO inbound_messages (message_sid, address)
        SELECT message_sid, address FROM inbound_messages""",
    "a part's place taken twice": """
        INSERT INTO reply_parts
          (reference_id, chat_id, user_id, position, address, body)
        SELECT reference_id, chat_id, user_id, position, address, body
        FROM reply_parts""",
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_itself_refuses(
    database: Database, chat_id: str, what: str
) -> None:
    change(database, "CREATE VIEW phone_numbers AS SELECT phone_number FROM users")
    with pytest.raises(psycopg.IntegrityError):
        change(database, REFUSED[what])


def test_closing_first_makes_room_for_another_active_chat(
    database: Database, chat_id: str
) -> None:
    change(database, "UPDATE userchats SET is_active = false")
    assert change(database, REFUSED["two active chats of a user"]) == 1


def test_an_append_sets_the_time_of_the_last_message(
    database: Database, pg: PostgresChatStore, chat_id: str
) -> None:
    change(database, "UPDATE userchats SET messages = messages || '[]'::jsonb")
    assert value(database, "SELECT now() - updated_at < '1 minute' FROM userchats")


def test_closing_a_chat_leaves_the_time_of_its_last_message(
    database: Database, chat_id: str
) -> None:
    change(database, "UPDATE userchats SET is_active = false, metadata = '{\"a\": 1}'")
    assert value(database, "SELECT updated_at FROM userchats") == LONG_AGO


@pytest.mark.parametrize(
    "statement",
    ["UPDATE users SET full_name = 'Ana'", "UPDATE reply_parts SET attempts = 1"],
)
def test_a_change_of_a_row_sets_its_updated_at(
    database: Database, chat_id: str, statement: str
) -> None:
    change(database, statement)
    table = statement.split()[1]
    assert value(database, f"SELECT updated_at > created_at FROM {table}")  # noqa: S608


def test_a_hundred_appends_touch_no_index(database_url: str) -> None:
    # One connection: each one reports what it counted at its own next end.
    database = Database(database_url, Limits(connections=1))
    pg = PostgresChatStore(database, timedelta(days=1))
    for n in range(101):
        take_in(pg, said(f"message {n}, of a length that people write " * 4))
    rows(database, "SELECT pg_stat_force_next_flush()")
    query = """
        SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables
        WHERE relname = 'userchats'
    """
    ((every, hot),) = rows(database, query)
    database.close()
    assert every == 100
    assert hot >= 95  # a page that is full moves the row now and then
