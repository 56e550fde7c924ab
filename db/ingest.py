"""The one statement that takes a message in.

One statement is one transaction and one round trip. It is right under concurrency
because every write is an upsert whose conflict waits for the other writer: nothing is
lost, nothing is stored twice (READ COMMITTED, the default).
"""

import secrets
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from db.records import InboundMessage

# A person is known by the business-scoped id first: a number may be handed on.
RECORD_INBOUND = """
WITH seen AS (
  INSERT INTO inbound_messages (message_sid, address)
  VALUES (%(sid)s, %(address)s)
  ON CONFLICT (message_sid) DO NOTHING
  RETURNING message_sid
), known AS (
  SELECT user_id, phone_number FROM (
    SELECT 1 AS preference, user_id, phone_number
    FROM user_aliases JOIN users USING (user_id) WHERE address = %(other_address)s
    UNION ALL
    SELECT 2, user_id, phone_number
    FROM user_aliases JOIN users USING (user_id) WHERE address = %(address)s
    UNION ALL
    SELECT 3, user_id, phone_number FROM users WHERE phone_number = %(other_address)s
    UNION ALL
    SELECT 4, user_id, phone_number FROM users WHERE phone_number = %(address)s
  ) AS candidates
  ORDER BY preference LIMIT 1
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
  RETURNING chat_id, userchats.updated_at >= now() - %(session_timeout)s AS is_full
), chat AS (
  INSERT INTO userchats AS active (chat_id, customer_id, messages, metadata)
  SELECT %(chat_id)s, sender.user_id, jsonb_build_array(%(turn)s),
         COALESCE((SELECT jsonb_build_object('continues', chat_id) FROM closed
                   WHERE is_full AND NOT %(opens_chat)s), '{}')
  FROM seen CROSS JOIN sender
  -- after these two: the old chat must be closed, and everybody locks users first
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


# An append rewrites the whole array, so a chat that is full is continued in a new one.
# Not between a question and its answer: a burst is answered as one, if it isn't huge.
FULL_BYTES = 12_000
MOST_BYTES = 16_000


def bind_inbound(message: InboundMessage, session_timeout: timedelta) -> dict[str, Any]:
    """Return the statement's parameters for a message."""
    return {
        "sid": message.message_sid,
        "address": message.address,
        "other_address": message.other_address,
        "name": message.profile_name,
        "opens_chat": message.opens_chat,
        "session_timeout": session_timeout,
        "full_bytes": FULL_BYTES,
        "most_bytes": MOST_BYTES,
        "chat_id": secrets.token_hex(8),
        "turn": Jsonb(message.turn.to_json()),
    }
