"""The function that takes messages in does what one large statement did before it."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from db.chats import FULL_BYTES, RECORD_INBOUND, bind_inbound
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.records import InboundMessage
from tests.conftest import SESSION_TIMEOUT, new_database
from tests.db.sql import opened, rows
from tests.records import said

STEPS = 80
ADDRESSES = [f"whatsapp:+1555123000{n}" for n in range(2)]
IDS = [f"whatsapp:US.ID{n}" for n in range(2)]
NAMES = [None, "Ana", "Ben"]
# What migration 0021 replaced, as it was, but for marks of who took a chat over.
BEFORE = """
WITH seen AS (
  INSERT INTO inbound_messages (message_sid, address, our_address)
  SELECT %(sid)s, %(address)s, %(our_address)s
  WHERE NOT EXISTS (SELECT FROM erased_sids WHERE sid_hash = hash_sid(%(sid)s))
  ON CONFLICT (message_sid) DO NOTHING
  RETURNING message_sid
), known AS (
  SELECT user_id, phone_number FROM user_addresses JOIN users USING (user_id)
  WHERE address IN (%(other_address)s, %(address)s)
  ORDER BY is_number, address = %(address)s LIMIT 1
), created AS (
  INSERT INTO users (phone_number, full_name)
  SELECT %(address)s, %(name)s FROM seen WHERE NOT EXISTS (SELECT FROM known)
  ON CONFLICT (phone_number)
    DO UPDATE SET full_name = COALESCE(EXCLUDED.full_name, users.full_name)
  RETURNING user_id, phone_number
), sender AS (
  SELECT user_id, phone_number FROM known
  UNION ALL
  SELECT user_id, phone_number FROM created
), renamed AS (
  UPDATE users SET full_name = %(name)s FROM seen, known
  WHERE users.user_id = known.user_id AND users.full_name IS DISTINCT FROM %(name)s
    AND %(name)s IS NOT NULL
  RETURNING 1
), linked AS (
  INSERT INTO user_aliases (address, user_id)
  SELECT given.address, sender.user_id
  FROM seen CROSS JOIN sender
  CROSS JOIN (VALUES (%(address)s), (%(other_address)s)) AS given (address)
  WHERE given.address <> sender.phone_number AND NOT EXISTS (
    SELECT FROM user_aliases AS alias
    WHERE alias.address = given.address AND alias.user_id = sender.user_id)
  ON CONFLICT (address) DO UPDATE SET user_id = EXCLUDED.user_id
), closed AS (
  UPDATE userchats SET is_active = false FROM seen, known
  WHERE userchats.customer_id = known.user_id AND userchats.is_active
    AND (%(opens_chat)s OR userchats.updated_at < now() - %(session_timeout)s
      OR CASE WHEN pg_column_size(userchats.messages) > %(full_bytes)s
         THEN userchats.messages -> -1 ->> 'role' <> 'user'
           OR pg_column_size(userchats.messages) > %(most_bytes)s END)
  RETURNING chat_id,
    userchats.updated_at >= now() - %(session_timeout)s AS is_full
), chat AS (
  INSERT INTO userchats AS active (chat_id, customer_id, messages, metadata)
  SELECT %(chat_id)s, sender.user_id, jsonb_build_array(%(turn)s),
         COALESCE((SELECT CASE WHEN is_full AND NOT %(opens_chat)s
                     THEN jsonb_build_object('continues', chat_id) ELSE '{}' END
                   FROM closed), '{}')
  FROM seen CROSS JOIN sender
  WHERE (SELECT count(*) FROM renamed) + (SELECT count(*) FROM closed) >= 0
  ON CONFLICT (customer_id) WHERE is_active
    DO UPDATE SET messages = active.messages || EXCLUDED.messages
  RETURNING chat_id, customer_id
)
SELECT chat_id, procrastinate_defer_jobs_v1(ARRAY[ROW(
    'answers', 'answer_chat', 0, 'answer:' || customer_id, NULL,
    jsonb_build_object('chat_id', chat_id), NULL
  )::procrastinate_job_to_defer_v1])
FROM chat
"""
STORED = {
    "users": "SELECT phone_number, full_name FROM users",
    "aliases": """
        SELECT address, phone_number FROM user_aliases JOIN users USING (user_id)""",
    "chats": """
        SELECT phone_number, chat_id, userchats.is_active, metadata, messages::text
        FROM userchats JOIN users ON user_id = customer_id""",
    "keys": "SELECT message_sid, address, our_address FROM inbound_messages",
    "jobs": """
        SELECT phone_number, replace(lock, user_id::text, ''), args, status::text,
               queue_name, task_name, priority, queueing_lock, scheduled_at, attempts
        FROM procrastinate_jobs JOIN users ON lock LIKE '%' || user_id ORDER BY id""",
}
ANSWERED = """UPDATE userchats SET messages = messages || '{"role": "assistant"}'
WHERE is_active"""
# What happens between messages: time, answers, people at psql, erasing, handing on.
EVENTS = (
    "UPDATE userchats SET is_active = false WHERE is_active AND chat_id < '8'",
    "SELECT take_chat(chat_id) FROM userchats WHERE is_active AND chat_id < '8'",
    "UPDATE userchats SET messages = '[]' WHERE is_active AND chat_id < '8'",
    ANSWERED,
    ANSWERED,
    ANSWERED,
    """ALTER TABLE userchats DISABLE TRIGGER userchats_updated_at;
    UPDATE userchats SET updated_at = now() - interval '2 days' WHERE is_active;
    ALTER TABLE userchats ENABLE TRIGGER userchats_updated_at""",
    """UPDATE user_aliases SET user_id =
      (SELECT user_id FROM users ORDER BY phone_number LIMIT 1)""",
    "DELETE FROM users WHERE phone_number = (SELECT min(phone_number) FROM users)",
    """INSERT INTO erased_sids (sid_hash) SELECT hash_sid(message_sid)
    FROM inbound_messages WHERE message_sid < 'SM8' ON CONFLICT DO NOTHING;
    DELETE FROM inbound_messages USING erased_sids
    WHERE sid_hash = hash_sid(message_sid)""",
)


@pytest.fixture
def other(postgres: EmbeddedPostgres, migrated: str) -> Iterator[Database]:
    """A second database, for the statement of before."""
    with (
        new_database(postgres, f"TEMPLATE {migrated} STRATEGY file_copy") as url,
        opened(url) as database,
    ):
        yield database


def anything(chance: random.Random, sids: list[str]) -> InboundMessage:
    """Return a message of one of few people, new or again, short or long."""
    new = f"SM{chance.getrandbits(128):032x}"
    sid = chance.choice(sids) if sids and chance.random() < 0.2 else new
    length = chance.choice([10, 10, FULL_BYTES // 3])
    message = said(
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length)),
        chance.choice([*ADDRESSES, *IDS]),
        message_sid=sid,
        other_address=chance.choice([None, None, None, *IDS, ADDRESSES[0]]),
        our_address=chance.choice([None, "whatsapp:+14155238886"]),
        profile_name=chance.choice(NAMES),
        opens_chat=chance.random() < 0.05,
    )
    sids.append(sid)
    return message


def stored(database: Database) -> dict[str, list[Any]]:
    found = {name: rows(database, query) for name, query in STORED.items()}
    return {name: sorted(lines, key=repr) for name, lines in found.items()}


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_is_taken_in_as_before(
    database: Database, other: Database, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  (the same each time)
    sids: list[str] = []
    for step in range(STEPS):
        if chance.random() < 0.4:
            happens = chance.choice(EVENTS)
            for where in (database, other):
                where.count(happens)
        given = bind_inbound(anything(chance, sids), SESSION_TIMEOUT)
        given["chat_id"] = f"{chance.getrandbits(64):016x}"
        now = database.scalar(RECORD_INBOUND, given)
        assert now == other.scalar(BEFORE, given), f"at step {step}"
    assert stored(database) == stored(other)
