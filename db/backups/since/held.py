"""Who was told since the backup that something waits for them is not told again.

What waits is brought to where it is now like all parts; the word that says so may be
newer than the backup.
"""

from typing import Any

from psycopg.types.json import Jsonb

from db.database import Connection

BATCH = 500
HAS_HELD = """
SELECT EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = to_regclass('public.reply_parts')
                 AND attname = 'held_at')
"""
FALLBACKS = """
SELECT part_id, reference_id, chat_id, user_id, position, address, our_address, body,
       template, author, status, message_sid, error_code, attempts, claimed_at,
       created_at, held_at
FROM reply_parts WHERE held_at IS NOT NULL AND author = 'fallback' ORDER BY sequence
"""
# Its SID may be kept as one of ours that no part is known for: it is by now.
KEEP = """
INSERT INTO reply_parts (part_id, reference_id, chat_id, user_id, position, address,
  our_address, body, template, author, status, message_sid, error_code, attempts,
  claimed_at, created_at, held_at)
SELECT %(part_id)s, %(reference_id)s, chat_id, customer_id, %(position)s, %(address)s,
  %(our_address)s, %(body)s, %(template)s, %(author)s, %(status)s, %(message_sid)s,
  %(error_code)s, %(attempts)s, %(claimed_at)s, %(created_at)s, %(held_at)s
FROM userchats WHERE chat_id = %(chat_id)s AND customer_id = %(user_id)s
ON CONFLICT DO NOTHING
"""


def keep_fallbacks(witness: Connection, told: Connection) -> None:
    """Have the restored database know who was told that something waits."""
    if not (told.scalar(HAS_HELD) and witness.scalar(HAS_HELD)):
        return
    for row in witness.stream(FALLBACKS, {}, lot=BATCH):
        known: dict[str, Any] = row._asdict()
        told.count(KEEP, {**known, "template": Jsonb(known["template"])})
