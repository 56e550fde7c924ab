"""A database full of past chats, made with SQL: words as unequal as in a language."""

import psycopg

ACTIVE_EVERY = 100  # one chat of so many is active
MESSAGES = 50
WORDS = 32  # in a message
VOCABULARY = 20_000
LETTERS = "aeioustrnl"
# What is looked for: in one chat, in every 83rd of them, and in every one.
ONE = "order2711"
SOME, SOME_EVERY = "late delivery", 83
# Texts are drawn from these: 20,000 different ones.
POOL = f"""
CREATE UNLOGGED TABLE pool AS
SELECT number, (
  SELECT string_agg(translate(floor(exp(random() * ln({VOCABULARY})))::int::text,
                              '0123456789', '{LETTERS}'), ' ')
  FROM generate_series(1, {WORDS}) AS word WHERE word + number > 0) AS text
FROM generate_series(0, 19999) AS number;
ALTER TABLE pool ADD PRIMARY KEY (number);
"""  # noqa: S608
PEOPLE = """
INSERT INTO users (user_id, phone_number, full_name)
SELECT md5(person::text)::uuid, 'whatsapp:+1555' || lpad(person::text, 7, '0'), 'Ana'
FROM generate_series(0, (%(chats)s - 1) / %(a_person)s) AS person
"""
CHATS = """
INSERT INTO userchats
  (chat_id, customer_id, is_active, messages, created_at, updated_at)
SELECT lpad(to_hex(chat), 16, '0'), md5((chat / %(a_person)s)::text)::uuid,
  chat %% %(a_person)s = 0,
  (SELECT jsonb_agg(jsonb_build_object(
     'role', CASE turn %% 2 WHEN 0 THEN 'user' ELSE 'assistant' END,
     'content', pool.text || CASE WHEN turn <> 25 THEN '' ELSE ' order' || chat
       || CASE WHEN chat %% %(some_every)s = 7 THEN ' %(some)s' ELSE '' END END,
     'timestamp', to_char(opened + turn * interval '1 minute',
                          'YYYY-MM-DD"T"HH24:MI:SS".000+00:00"'),
     'message_sid', 'SM' || md5(chat || '.' || turn)) ORDER BY turn)
   FROM generate_series(0, %(messages)s - 1) AS turn
   JOIN pool ON pool.number
     = (chat * 7919::bigint + turn * 104729 + chat * turn %% 977) %% 20000),
  opened, opened + %(messages)s * interval '1 minute'
FROM (
  SELECT chat, now() - interval '1 year' * (%(chats)s - chat) / %(chats)s AS opened
  FROM generate_series(0, %(chats)s - 1) AS chat
) AS chats
"""


def fill(connection: psycopg.Connection, chats: int) -> None:
    """Fill an empty database with closed and active chats, the index built at once."""
    parameters = {
        "chats": chats,
        "a_person": ACTIVE_EVERY,
        "messages": MESSAGES,
        "some_every": SOME_EVERY,
    }
    connection.execute("SET synchronous_commit = off")
    connection.execute(POOL.encode())
    connection.execute(PEOPLE, parameters)
    (index,) = _value(
        connection, "pg_get_indexdef('idx_userchats_search_tsv'::regclass)"
    )
    connection.execute("DROP INDEX idx_userchats_search_tsv")
    connection.execute(CHATS.replace("%(some)s", SOME).encode(), parameters)
    connection.execute("SET maintenance_work_mem = '512MB'")
    connection.execute(index.encode())
    connection.execute("DROP TABLE pool")
    connection.execute("VACUUM (ANALYZE) userchats, users")


def word(number: int) -> str:
    """Return a word of the vocabulary: number n stands in about every n-th place."""
    return str(number).translate(str.maketrans("0123456789", LETTERS))


def _value(connection: psycopg.Connection, expression: str) -> tuple[str, ...]:
    row = connection.execute(f"SELECT {expression}".encode()).fetchone()
    assert row is not None
    return row
