"""What retention does, step by step, as SQL.

Each step walks a table in the order of a time and an id, some hundred rows at once.
`coarse` is what cheap columns say of a row that is due, `fine` what costs more. Of what
is due, `due` is locked, as `lock` says, and `action` works on it. (`%(age)s` is how old
it must be.)
"""

from dataclasses import dataclass

# For one transaction on some rows.
MOST_SECONDS = 60.0
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'"
OLD = "now() - %(age)s::interval"
# WhatsApp gives a message up after 30 days; Twilio does not always tell so.
ON_ITS_WAY = """
EXISTS (SELECT FROM reply_parts AS part WHERE part.chat_id = chat.chat_id AND (
  is_unsettled(part.status)
  OR is_on_its_way(part.status) AND part.updated_at > now() - interval '30 days'))
"""
# Its prompts read across that border.
CONTINUED = """
EXISTS (SELECT FROM userchats AS later
  WHERE later.customer_id = chat.customer_id AND NOT {later_is_closed}
    AND later.metadata ->> 'continues' = chat.chat_id)
"""
CLOSED = "(NOT {chat}.is_active)"
# Of the sender; any of theirs keeps all of theirs, and that is soon over. OFFSET 0 has
# PostgreSQL look at the sender's chats alone instead of all chats.
WAITED_FOR = """
EXISTS (
  SELECT FROM (
    SELECT user_id FROM user_addresses WHERE address = message.address
  ) AS sender CROSS JOIN LATERAL (
    SELECT FROM userchats AS chat WHERE chat.customer_id = sender.user_id
      AND NOT is_answered(chat.messages) OFFSET 0
  ) AS waiting)
"""
OLD_NOTE = f"""
turn.element ->> 'role' = 'system'
  AND message_time(turn.element ->> 'timestamp') < {OLD}
"""
# A note says why a message got no answer. Without it that would be given late; in the
# archive nobody looks for that any more.
SETTLES_NOTHING = "AND jsonb_path_query_array(turn.element, '$.in_reply_to[*]') = '[]'"
HAS_NOTES = """chat.messages @? '$[*] ? (@.role == "system")'"""
COUNT_NOTES = """
(SELECT count(*) FROM jsonb_array_elements(chat.messages) AS turn (element)
 WHERE {old})
"""
DROP_NOTES = """
done AS (
  UPDATE {table} AS chat SET messages = COALESCE((
    SELECT jsonb_agg(turn.element ORDER BY turn.place)
    FROM jsonb_array_elements(chat.messages) WITH ORDINALITY AS turn (element, place)
    WHERE ({old}) IS NOT TRUE), '[]')
  FROM due WHERE chat.chat_id = due.id
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of purge; `amount` is what one row counts for in the report.

    `afterwards` runs in the same transaction, on `%(ids)s` and what `kept` selected.
    """

    name: str
    table: str
    at: str
    id: str
    coarse: str
    action: str
    fine: str = "true"
    amount: str = "1"
    kept: str = "NULL"
    lock: str = "FOR UPDATE SKIP LOCKED"
    afterwards: str | None = None


# How a key is told as text that sorts as keys do, and read again.
NUMBER = ("lpad({}::text, 20, '0')", "due.id::bigint")
HASH = ("encode({}, 'hex')", "decode(due.id, 'hex')")
RANDOM = ("{}::text", "due.id::uuid")
TEXT = ("{}", "due.id")


def dropping(
    name: str,
    table: str,
    at: str = "created_at",
    key: str = "id",
    kind: tuple[str, str] = NUMBER,
    **more: str,
) -> Step:
    """Return the step that deletes old rows of a table, given as `rows AS row`.

    `at` and `key` are columns: how old a row is, and which one it is. `more` has other
    fields of the step, and `coarse`, if it is not the time alone.
    """
    rows, _, row = table.partition(" AS ")
    told, read = kind
    more = {"coarse": f"{row}.{at} < {OLD}", **more}
    action = f"""
done AS (
  DELETE FROM {rows} USING due WHERE {rows}.{key} = {read}
)"""  # noqa: S608  (our own words)
    key_told = told.format(f"{row}.{key}")
    return Step(
        name=name, table=table, at=f"{row}.{at}", id=key_told, action=action, **more
    )


def archivable(closed: str = CLOSED, old: str = OLD) -> dict[str, str]:
    """Return `coarse` and `fine` of chats to archive; `closed` is when `{chat}` is."""
    later = CONTINUED.format(later_is_closed=closed.format(chat="later"))
    return {
        "coarse": f"{closed.format(chat='chat')} AND chat.created_at < {old} "
        f"AND chat.updated_at < {old}",
        "fine": f"is_answered(chat.messages) AND NOT {ON_ITS_WAY} AND NOT {later}",
    }


CLOSE_IDLE = Step(
    name="idle chats closed",
    table="userchats AS chat",
    at="chat.created_at",
    id="chat.chat_id",
    coarse=f"chat.is_active AND chat.created_at < {OLD} AND chat.updated_at < {OLD}",
    fine="is_answered(chat.messages)",
    action="""
done AS (
  UPDATE userchats SET is_active = false FROM due WHERE userchats.chat_id = due.id
)""",
)
DROP_SYSTEM_MESSAGES = Step(
    name="system messages dropped",
    table="userchats AS chat",
    at="chat.created_at",
    id="chat.chat_id",
    coarse=f"chat.created_at < {OLD}",
    fine=f"{HAS_NOTES} AND {COUNT_NOTES.format(old=OLD_NOTE + SETTLES_NOTHING)} > 0",
    amount=COUNT_NOTES.format(old=OLD_NOTE + SETTLES_NOTHING),
    action=DROP_NOTES.format(table="userchats", old=OLD_NOTE + SETTLES_NOTHING),
    # The trigger took that for a message: a chat would look as if it were in use.
    kept="chat.updated_at",
    afterwards="""
UPDATE userchats SET updated_at = told.kept
FROM unnest(%(ids)s::text[], %(kept)s::timestamptz[]) AS told (id, kept)
WHERE chat_id = told.id
""",
)
ARCHIVE = Step(
    name="closed chats archived",
    table="userchats AS chat",
    at="chat.created_at",
    id="chat.chat_id",
    **archivable(),
    action="""
moved AS (
  DELETE FROM userchats USING due WHERE userchats.chat_id = due.id
  RETURNING userchats.*
), done AS (
  INSERT INTO userchats_archive (chat_id, customer_id, messages, metadata, created_at,
                                 updated_at, search_tsv)
  SELECT chat_id, customer_id, messages, metadata, created_at, updated_at, search_tsv
  FROM moved
  ON CONFLICT (chat_id) DO UPDATE
    SET messages = EXCLUDED.messages, metadata = EXCLUDED.metadata,
        updated_at = EXCLUDED.updated_at
)""",
)
DROP_ARCHIVED_SYSTEM_MESSAGES = Step(
    name="archived system messages dropped",
    table="userchats_archive AS chat",
    at="chat.created_at",
    id="chat.chat_id",
    coarse=f"chat.created_at < {OLD}",
    fine=f"{HAS_NOTES} AND {COUNT_NOTES.format(old=OLD_NOTE)} > 0",
    amount=COUNT_NOTES.format(old=OLD_NOTE),
    action=DROP_NOTES.format(table="userchats_archive", old=OLD_NOTE),
)
DELETE_ARCHIVED = dropping(
    "archived chats deleted",
    "userchats_archive AS chat",
    "archived_at",
    "chat_id",
    TEXT,
)
# Questions went with their chats, as a trigger has it. Of whom asked, nothing is left
# by then: neither are these words of theirs.
DROP_GAPS = dropping(
    "gaps dropped",
    "knowledge_gaps AS gap",
    fine="NOT EXISTS (SELECT FROM gap_questions WHERE gap_id = gap.id)",
)
DROP_JOBS = Step(
    name="finished jobs dropped",
    table="procrastinate_jobs AS job",
    at="to_timestamp(0)",  # a job's times stand in its events
    id="lpad(job.id::text, 20, '0')",
    coarse="job.status IN ('succeeded', 'failed', 'cancelled', 'aborted')",
    fine=f"""NOT EXISTS (SELECT FROM procrastinate_events AS event
  WHERE event.job_id = job.id AND event.at >= {OLD})""",
    action="""
done AS (
  DELETE FROM procrastinate_jobs USING due
  WHERE procrastinate_jobs.id = due.id::bigint
)""",
)
DROP_INBOUND = dropping(
    "webhook keys dropped",
    "inbound_messages AS message",
    "received_at",
    "message_sid",
    TEXT,
    fine=f"NOT {WAITED_FOR}",
)
DROP_ERASED_SIDS = dropping(
    "erased webhook keys dropped",
    "erased_sids AS erased",
    "erased_at",
    "sid_hash",
    HASH,
)
DROP_EARLY_STATUSES = Step(
    name="unclaimed statuses dropped",
    table="early_statuses AS early",
    at="early.received_at",
    id="early.message_sid",
    coarse=f"early.received_at < {OLD}",
    action=f"""
done AS (
  DELETE FROM early_statuses AS early USING due
  WHERE early.message_sid = due.id AND early.received_at < {OLD}
)""",  # noqa: S608
)
# What may be due is most of the table, and hardly any of it is: an hourly run looks at
# some of it, and the next one goes on there.
IN_TURNS = {DROP_SYSTEM_MESSAGES, DROP_ARCHIVED_SYSTEM_MESSAGES}
