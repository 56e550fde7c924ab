"""Which chats are to be summed up, or labelled: looked for by their latest replies.

The hot road defers no job for this: a look once a minute reads an index of the replies,
and of the chats that it finds only those that were answered of late, or went quiet.
What it takes for due may turn out not to be: the job decides.
"""

from dataclasses import dataclass
from datetime import timedelta

from db.database import Database
from db.outages import outages
from db.queue.jobs import MEMORY, MEMORY_LOCK, REMEMBER

MOST_AT_ONCE = 500
DEFER_DUE = f"""
WITH recent AS (
  SELECT chat_id FROM reply_parts
  WHERE "position" = 0 AND created_at > now() - %(since)s
  UNION
  SELECT chat_id FROM reply_parts
  WHERE "position" = 0 AND created_at > now() - %(quiet)s - %(since)s
    AND created_at <= now() - %(quiet)s
), due AS (
  SELECT chat.chat_id, chat.customer_id FROM recent JOIN userchats AS chat
    ON chat.chat_id = recent.chat_id
  CROSS JOIN LATERAL (
    SELECT messages, jsonb_path_query_array(messages, '$[*].covers_until') <> '[]'
             OR metadata ? 'continues' AS is_begun,
           jsonb_path_query_array(messages,
             '$[*] ? (@.role == "user").message_sid') ->> -1 AS last_sid
    FROM (SELECT chat.messages, chat.metadata) AS read OFFSET 0) AS whole
  CROSS JOIN LATERAL (
    SELECT count(*) AS turns, sum(octet_length(element ->> 'content')) AS bytes
    FROM jsonb_array_elements(whole.messages) WITH ORDINALITY AS turn (element, place)
    WHERE place > COALESCE((
      SELECT max(place) FROM jsonb_array_elements(whole.messages) WITH ORDINALITY
        AS other (element, place) WHERE element ? 'covers_until'), 0)) AS new
  WHERE CASE WHEN chat.is_active AND chat.updated_at > now() - %(quiet)s
    THEN turns >= CASE WHEN is_begun THEN %(new_turns)s ELSE %(most_turns)s END
      OR bytes >= %(new_bytes)s
    ELSE last_sid IS DISTINCT FROM chat.metadata #>> '{{recap,until}}' END
    AND NOT EXISTS (
      SELECT FROM procrastinate_jobs AS other WHERE other.status IN ('todo', 'doing')
        AND other.lock = '{MEMORY_LOCK}' || chat.customer_id
        AND other.args ->> 'chat_id' = chat.chat_id)
  LIMIT %(most)s
)
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
SELECT '{MEMORY}', '{REMEMBER}', '{MEMORY_LOCK}' || customer_id,
       jsonb_build_object('chat_id', chat_id)
FROM due
"""  # noqa: S608  (our own words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a chat may be due: after how long in quiet, and with how much that is new.

    `most_turns` are those of a chat without a summary, `new_turns` and `new_bytes` what
    came since. Of those that no job waits for `most_at_once` are due; the others are at
    the next look.
    """

    quiet: timedelta
    most_turns: int
    new_turns: int
    new_bytes: int
    most_at_once: int = MOST_AT_ONCE


def defer_due(database: Database, due: Due, since: timedelta) -> int:
    """Defer the jobs of chats that may be due, of those answered `since` the last look.

    Return how many; a chat whose job waits or runs gets none. Raises
    StoreUnavailableError.
    """
    asked = {
        "quiet": due.quiet,
        "since": since,
        "most_turns": due.most_turns,
        "new_turns": due.new_turns,
        "new_bytes": due.new_bytes,
        "most": due.most_at_once,
    }
    with outages():
        return database.count(DEFER_DUE, asked)
