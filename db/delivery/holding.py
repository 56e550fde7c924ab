"""What is held: kept back outside the service window until its user writes.

All of it is claimed, held and let go in statements of one user's parts, so nothing has
to be put right after a crash. Rows with `held_at` are what waits, and the fallback that
says so, until the user writes: a wait has one fallback, whichever part began it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Connection, Database
from db.delivery.statements import CLAIM, NOT_WANTED
from db.delivery.window import FREE, IS_FREE_TEXT, LAST_INBOUND
from db.outages import outages
from db.records import OUTSIDE_WINDOW, Holding

# Our servers' clocks may differ by so much.
SLACK = "interval '5 s'"
DROPPED = "not sent: it was held for {days} days, and they had not written"
UNSET = "not sent: nothing is held since TWILIO_FALLBACK_CONTENT_SID is not set"

# Who wrote last is asked of their chats only where the part itself can't tell.
IS_OPEN = f"""CASE
    WHEN NOT {IS_FREE_TEXT.format(part="head.")} THEN true
    WHEN head.error_code = {OUTSIDE_WINDOW}
      AND NOT COALESCE(({LAST_INBOUND}) > head.claimed_at, false) THEN false
    WHEN head.heard_at > now() - %(free)s THEN true
    ELSE COALESCE(({LAST_INBOUND}) > now() - %(free)s, false) END"""
LET_GO = f"""let_go AS (
  UPDATE reply_parts AS part SET status = 'canceled'
  FROM users LEFT JOIN opt_outs USING (user_id)
  WHERE users.user_id = %(user_id)s AND part.user_id = users.user_id
    AND part.held_at IS NOT NULL AND part.status = 'held' AND ({NOT_WANTED})
  RETURNING part.part_id
), """  # noqa: S608  (our own words)
# Nothing waits any more: it was let go, or its user wrote before the fallback went out.
OR_NEEDLESS = """
      OR part.author = 'fallback' AND NOT EXISTS (
        SELECT FROM reply_parts AS held
        WHERE held.user_id = part.user_id AND held.held_at IS NOT NULL
          AND held.status = 'held'
          AND held.part_id NOT IN (SELECT part_id FROM let_go))"""
# Who holds a part (its row is locked) makes the fallback: two can't.
SHUT = f"""asked AS (
  SELECT {IS_OPEN} AS is_open FROM head
), shut AS (
  UPDATE reply_parts AS part SET status = 'held', held_at = now()
  FROM head, asked
  WHERE part.part_id = head.part_id AND part.user_id = head.user_id
    AND part.status = 'pending' AND NOT is_open
  RETURNING part.*
), told_of AS (
  INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address,
                           our_address, body, template, author, held_at)
  SELECT reference_id, chat_id, user_id,
         (SELECT max(mine.position) + 1 FROM reply_parts AS mine
          WHERE mine.reference_id = shut.reference_id),
         address, our_address, word.fallback ->> 'body', word.fallback -> 'template',
         'fallback', now()
  FROM shut CROSS JOIN LATERAL (
    SELECT COALESCE(%(fallbacks)s::jsonb -> (
      SELECT COALESCE(preferences ->> 'language', language_seen)
      FROM user_preferences WHERE user_preferences.user_id = shut.user_id
    ), %(fallback)s::jsonb) AS fallback
  ) AS word
  WHERE NOT EXISTS (
    SELECT FROM reply_parts AS told
    WHERE told.user_id = shut.user_id AND told.held_at IS NOT NULL
      AND told.author = 'fallback'
      AND told.status NOT IN ('failed', 'undelivered')
      AND (told.status <> 'canceled' OR told.message_sid IS NOT NULL))
), """  # noqa: S608  (our own words)
CLAIM_OR_HOLD = CLAIM.format(
    let_go=LET_GO,
    or_needless=OR_NEEDLESS,
    shut=SHUT,
    and_asked=", asked",
    and_open=" AND is_open",
    is_shut="EXISTS (SELECT FROM shut)",
)

IS_WAITING = """
SELECT EXISTS (
  SELECT FROM reply_parts WHERE user_id = %(user_id)s AND held_at IS NOT NULL)
"""
# Once they have written since: what they wrote before does not open the window again.
# Unless it came in late, and was not known: where nobody but us said that the window is
# over, it is open.
RELEASE = f"""
UPDATE reply_parts SET held_at = NULL, heard_at = ({LAST_INBOUND}),
  status = CASE status WHEN 'held' THEN 'pending' ELSE status END,
  error_code = CASE status WHEN 'held' THEN NULL ELSE error_code END
WHERE user_id = %(user_id)s AND held_at IS NOT NULL
  AND (({LAST_INBOUND}) > held_at - {SLACK}
    OR ({LAST_INBOUND}) > now() - %(free)s AND NOT EXISTS (
      SELECT FROM reply_parts AS refused
      WHERE refused.user_id = %(user_id)s AND refused.held_at IS NOT NULL
        AND refused.status = 'held' AND refused.error_code = {OUTSIDE_WINDOW}
        AND refused.claimed_at > ({LAST_INBOUND})))
"""  # noqa: S608  (our own words)
# What was too old to be sent stands in the transcript as such: the LLM is not shown it.
# Its time stays: a note is no message, and makes no chat active again.
DROP = """
WITH dropped AS (
  UPDATE reply_parts SET status = 'canceled'
  WHERE held_at IS NOT NULL AND status = 'held'
    AND created_at < now() - %(lasts)s{which}
  RETURNING chat_id, reference_id, user_id
)
SELECT chat_id, user_id, array_agg(DISTINCT reference_id::text) AS replies
FROM dropped GROUP BY chat_id, user_id ORDER BY chat_id
"""
# The wait ends with what is dropped last, or once its word is as old: the next wait has
# a word of its own.
END_WAITS = """
UPDATE reply_parts AS told SET held_at = NULL
WHERE held_at IS NOT NULL AND status <> 'held'{whose}
  AND (user_id = ANY (%(dropped)s) OR created_at < now() - %(lasts)s)
  AND NOT EXISTS (
    SELECT FROM reply_parts AS held
    WHERE held.user_id = told.user_id AND held.held_at IS NOT NULL
      AND held.status = 'held')
"""
OF_USER = " AND user_id = %(user_id)s"
OF_SOME = """ AND part_id IN (
    SELECT part_id FROM reply_parts
    WHERE held_at IS NOT NULL AND status = 'held' AND created_at < now() - %(lasts)s
    LIMIT 500)"""
NOTE = """
UPDATE userchats SET messages = (
  SELECT jsonb_agg(CASE WHEN said ->> 'reference_id' = ANY (%(replies)s)
    THEN said || jsonb_build_object('error', %(remark)s::text) ELSE said END
    ORDER BY number)
  FROM jsonb_array_elements(messages) WITH ORDINALITY AS turn (said, number))
WHERE chat_id = %(chat_id)s
"""
FIND_TIME = "SELECT updated_at FROM userchats WHERE chat_id = %(chat_id)s FOR UPDATE"
KEEP_TIME = "UPDATE userchats SET updated_at = %(at)s WHERE chat_id = %(chat_id)s"


def bind_holding(holding: Holding) -> Mapping[str, Any]:
    """Return the further parameters of CLAIM_OR_HOLD."""
    fallbacks = {name: one.to_json() for name, one in holding.fallbacks.items()}
    return {
        "free": FREE,
        "fallbacks": Jsonb(fallbacks),
        "fallback": Jsonb(holding.default.to_json()),
    }


def release_held(database: Database, user_id: UUID, lasts: timedelta) -> bool:
    """Let what is held of a user go, if they wrote since; False: nothing is held.

    It is sent before anything newer. What is older than `lasts` is dropped, and noted
    in the transcript. Raises StoreUnavailableError.
    """
    known = {"user_id": user_id, "lasts": lasts, "free": FREE}
    with outages():
        if not database.scalar(IS_WAITING, known):
            return False
        with database.transaction() as connection:
            connection.count("SELECT 1 FROM users WHERE user_id = %(user_id)s "
                             "FOR NO KEY UPDATE", known)  # fmt: skip
            _drop(connection, OF_USER, known, OF_USER)
            return connection.count(RELEASE, known) > 0


def drop_held(database: Database, lasts: timedelta | None) -> int:
    """Drop what is held for longer, of all users, some hundred; return how many chats.

    None: nothing is held any more, and all of it goes. Raises StoreUnavailableError.
    """
    with outages(), database.transaction() as connection:
        return _drop(connection, OF_SOME, {"lasts": lasts or timedelta()})


def _drop(
    connection: Connection, which: str, known: Mapping[str, Any], whose: str = ""
) -> int:
    days = known["lasts"].days
    found = connection.rows(DROP.format(which=which), known)
    for row in found:
        about = {"chat_id": row.chat_id, "replies": row.replies}
        about["remark"] = DROPPED.format(days=days) if days else UNSET
        about["at"] = connection.scalar(FIND_TIME, about)
        connection.count(NOTE, about)
        connection.count(KEEP_TIME, about)
    ended = {**known, "dropped": [row.user_id for row in found]}
    connection.count(END_WAITS.format(whose=whose), ended)
    return len(found)
