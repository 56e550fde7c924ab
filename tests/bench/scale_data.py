"""A million people, made with SQL: what the tables hold after some months.

Chats are of four messages, so that the whole takes some GB and minutes. Closed ones and
keys are spread evenly over what retention keeps, and an hour's worth of each is due.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tests.bench.webhooks import SMALL_TALK


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many rows; who has an active chat comes first among the users."""

    users: int
    closed: int
    active: int
    keys: int
    parts: int
    jobs: int


MILLION = Size(
    users=1_000_000,
    closed=3_000_000,
    active=200_000,
    keys=3_000_000,
    parts=2_000_000,
    jobs=100_000,
)
TENTH = Size(
    users=100_000,
    closed=300_000,
    active=20_000,
    keys=300_000,
    parts=200_000,
    jobs=10_000,
)
# Enough people for each round to have one of its own, and nothing besides.
ALMOST_EMPTY = Size(users=500, closed=0, active=500, keys=0, parts=0, jobs=0)

# The triggers would do row by row what stands here anyway.
FAST = """
SET synchronous_commit = off; SET session_replication_role = replica;
SET maintenance_work_mem = '512MB'; SET search_path = public, procrastinate
"""
USERS = """
INSERT INTO users (user_id, phone_number, full_name, created_at)
SELECT md5(n::text)::uuid, 'whatsapp:+1555' || lpad(n::text, 7, '0'), 'Ana',
       now() - interval '1 year'
FROM generate_series(0, %(users)s - 1) AS n
"""
# Every hundredth chat has an old note: what retention looks for in all of them.
CHATS = f"""
INSERT INTO userchats (chat_id, customer_id, is_active, messages, search_tsv,
                       created_at, updated_at)
SELECT lpad(to_hex(n), 16, '0'),
  md5(CASE WHEN n < %(closed)s THEN n %% %(users)s ELSE n - %(closed)s END::text)::uuid,
  n >= %(closed)s,
  jsonb_build_array(
    jsonb_build_object('role', 'user', 'content', text, 'message_sid', asked || '1',
      'timestamp', opened),
    jsonb_build_object('role', CASE n %% 100 WHEN 7 THEN 'system' ELSE 'assistant' END,
      'content', text, 'in_reply_to', CASE WHEN n %% 100 <> 7
      THEN jsonb_build_array(asked || '1') ELSE '[]' END, 'timestamp', opened),
    jsonb_build_object('role', 'user', 'content', text, 'message_sid', asked || '2',
      'timestamp', opened),
    jsonb_build_object('role', 'assistant', 'content', text, 'in_reply_to',
      jsonb_build_array(asked || '1', asked || '2'), 'timestamp', opened)),
  CASE WHEN n < %(closed)s THEN words END, opened, opened + interval '1 minute'
FROM (
  SELECT n, 'SM' || md5(n::text) AS asked, CASE WHEN n < %(closed)s
    THEN now() - interval '90 days 1 hour' * (%(closed)s - n) / %(closed)s
    ELSE now() - interval '30 days 1 hour' * (%(closed)s + %(active)s - n) / %(active)s
    END AS opened
  FROM generate_series(0, %(closed)s + %(active)s - 1) AS n
) AS chats,
(SELECT text, strip(to_tsvector('simple', text)) AS words
 FROM (VALUES ('{SMALL_TALK}')) AS said (text)) AS said
"""  # noqa: S608
KEYS = """
INSERT INTO inbound_messages (message_sid, address, our_address, received_at)
SELECT 'SM' || md5(n::text) || '2',
  'whatsapp:+1555' || lpad((n %% %(users)s)::text, 7, '0'), 'whatsapp:+14155238886',
  now() - interval '30 days 1 hour' * (%(keys)s - n) / %(keys)s
FROM generate_series(0, %(keys)s - 1) AS n
"""
PARTS = """
INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address, our_address,
                         body, status, message_sid, attempts, claimed_at, created_at,
                         updated_at)
SELECT gen_random_uuid(), lpad(to_hex(n), 16, '0'), md5((n %% %(users)s)::text)::uuid,
  0, 'whatsapp:+1555' || lpad((n %% %(users)s)::text, 7, '0'), 'whatsapp:+14155238886',
  'We open at nine, and on Saturdays at ten.', 'delivered', 'SM' || md5('out' || n), 1,
  made, made, made
FROM (
  SELECT n, now() - interval '60 days' * (%(parts)s - n) / %(parts)s AS made
  FROM generate_series(0, %(parts)s - 1) AS n
) AS parts
"""
JOBS = """
WITH deferred AS (
  INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
  SELECT 'answers', 'answer_chat', 'answer:' || md5(n::text)::uuid,
    jsonb_build_object('chat_id', lpad(to_hex(%(closed)s + n), 16, '0'))
  FROM generate_series(0, %(jobs)s - 1) AS n RETURNING id
)
INSERT INTO procrastinate_events (job_id, type) SELECT id, 'deferred' FROM deferred
"""
ROWS = {
    "users": USERS,
    "userchats": CHATS,
    "inbound_messages": KEYS,
    "reply_parts": PARTS,
    "procrastinate_jobs": JOBS,
}
# What can be built at once, after the rows: keys that others refer to can't. Checks of
# what is right by the way it is made take longer than all the rest.
CONSTRAINTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
  format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s%%s', conrelid::regclass, conname,
         pg_get_constraintdef(oid), CASE contype WHEN 'c' THEN ' NOT VALID' END)
FROM pg_constraint AS own
WHERE conrelid = %(table)s::regclass AND (contype = 'c' OR contype IN ('p', 'u')
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE confrelid = own.conrelid))
"""
INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = %(table)s::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def fill(connection: psycopg.Connection, size: Size) -> None:
    """Fill an empty, migrated database; the role must be a superuser's."""
    connection.execute(FAST.encode())
    for table, statement in ROWS.items():
        with _without_indexes(connection, table):
            connection.execute(statement.encode(), vars_of(size))
    connection.execute("SET session_replication_role = origin")
    connection.execute("VACUUM (ANALYZE)")


def vars_of(size: Size) -> dict[str, int]:
    """Return the size as parameters."""
    return {name: getattr(size, name) for name in Size.__slots__}


@contextmanager
def _without_indexes(connection: psycopg.Connection, table: str) -> Iterator[None]:
    made: list[bytes] = []
    for query in (CONSTRAINTS, INDEXES):
        for drop, make in connection.execute(query.encode(), {"table": table}):
            connection.execute(drop.encode())
            made.append(make.encode())
    yield
    for make in made:
        connection.execute(make)
