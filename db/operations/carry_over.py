"""What happened after a backup was made, told to the database restored from it.

Else the bot would do it again: answer what it had answered, send what it had sent. The
database in use until now is the witness. Where it is gone or can't be read, what was
open when the backup was made is taken as answered, and unsent parts as uncertain, so
that the bot asks Twilio before it sends them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from db.operations.server import Connection

# A message is stamped when its transaction begins: it may be committed a bit later.
MARGIN = timedelta(minutes=10)
BATCH = 500
REMARK = "Restored from a backup: taken as answered after it was made."

OPEN_IN = """
SELECT chat_id, turn ->> 'message_sid' AS message_sid FROM {chats}
CROSS JOIN jsonb_array_elements(messages) AS turn
WHERE turn ->> 'role' = 'user' AND turn ->> 'message_sid' IS NOT NULL
EXCEPT
SELECT chat_id, sid #>> '{{}}' FROM {chats}
CROSS JOIN jsonb_array_elements(messages) AS turn
CROSS JOIN jsonb_path_query(turn, '$.in_reply_to[*]') AS sid
"""
ALL_OPEN = OPEN_IN.format(chats="userchats") + " ORDER BY 1"
OPEN_OF_CHATS = OPEN_IN.format(
    chats="(SELECT * FROM userchats WHERE chat_id = ANY (%(chats)s)) AS known"
)
# Open still: unanswered, or answered in parts none of which was ever sent. Those are
# left for `bot reconcile`; every other message of that time is never taken in again.
SEEN_SINCE = """
COPY (
  WITH recent AS (
    SELECT chat_id, turn
    FROM userchats CROSS JOIN jsonb_array_elements(messages) AS turn
    WHERE updated_at >= {since}
  ), unsent AS (
    SELECT reference_id::text FROM reply_parts GROUP BY reference_id
    HAVING bool_and(status = 'pending' AND message_sid IS NULL)
  ), open AS (
    SELECT turn ->> 'message_sid' AS message_sid FROM recent
    WHERE turn ->> 'role' = 'user' AND turn ->> 'message_sid' IS NOT NULL
    EXCEPT
    SELECT sid #>> '{{}}' FROM recent
    CROSS JOIN jsonb_path_query(turn, '$.in_reply_to[*]') AS sid
    WHERE NOT EXISTS (SELECT FROM unsent
                      WHERE unsent.reference_id = turn ->> 'reference_id')
  )
  SELECT message_sid, address, received_at FROM inbound_messages
  WHERE received_at >= {since}
    AND NOT EXISTS (SELECT FROM open
                    WHERE open.message_sid = inbound_messages.message_sid)
) TO STDOUT
"""
KEEP_SEEN = """
INSERT INTO inbound_messages (message_sid, address, received_at)
SELECT message_sid, address, received_at FROM seen_since
ON CONFLICT (message_sid) DO NOTHING
"""
SETTLE = """
UPDATE userchats SET messages = messages || jsonb_build_array(jsonb_build_object(
  'role', 'system', 'content', %(remark)s::text, 'timestamp',
  to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'),
  'in_reply_to', to_jsonb(%(sids)s::text[])))
WHERE chat_id = %(chat_id)s
"""
UNSENT_PARTS = """
SELECT part_id FROM reply_parts WHERE status IN ('pending', 'sending', 'uncertain')
"""
PARTS = """
SELECT status, message_sid, error_code, attempts, claimed_at, part_id
FROM reply_parts WHERE part_id = ANY (%s)
"""
MOVE_PART = """
UPDATE reply_parts SET status = %s, message_sid = %s, error_code = %s, attempts = %s,
  claimed_at = %s
WHERE part_id = %s
"""
DOUBT_PARTS = """
UPDATE reply_parts SET status = 'uncertain' WHERE part_id = ANY (%s)
"""
# STOP holds, whatever is restored. Who is new since the backup comes along for it.
OPTED_OUT = """
SELECT user_id, phone_number, full_name, is_active, opted_out_at
FROM opt_outs JOIN users USING (user_id)
"""
KEEP_USER = """
INSERT INTO users (user_id, phone_number, full_name, is_active)
VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
KEEP_OPT_OUT = """
INSERT INTO opt_outs (user_id, opted_out_at)
SELECT user_id, %s FROM users WHERE phone_number = %s ON CONFLICT DO NOTHING
"""
# A worker that lives through the swap must not finish another job by its old number.
JOBS = "pg_get_serial_sequence('procrastinate.procrastinate_jobs', 'id')"
LAST_JOB = "SELECT last_value FROM procrastinate.procrastinate_jobs_id_seq"
SKIP_JOBS = f"SELECT setval({JOBS}, greatest(%s, nextval({JOBS})))"

Open = dict[str, list[str]]


class UnreadableError(Exception):
    """The database in use can't be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What the restored database was told.

    `seen`: messages that came after the backup and are done with; `settled`: messages
    that were open in it, and are no more; `moved` and `doubted`: parts of replies.
    """

    seen: int
    settled: int
    moved: int
    doubted: int


def find_open(connection: Connection) -> Open:
    """Return the unanswered messages of a database, by chat."""
    return _by_chat(connection.execute(ALL_OPEN).fetchall())


def carry_over(
    old: Connection, new: Connection, made_at: datetime, open_ones: Open
) -> Carried:
    """Tell the new database what the old one knows; all of it or nothing.

    `open_ones` are those that were unanswered in the backup. Raises UnreadableError
    when the old one can't be asked.
    """
    with new.transaction():
        last_job, still_open, opted_out = _ask(old, open_ones)
        new.execute(SKIP_JOBS, [last_job])
        seen = _keep_seen(old, new, made_at - MARGIN)
        done = {
            chat_id: [sid for sid in sids if sid not in still_open.get(chat_id, ())]
            for chat_id, sids in open_ones.items()
        }
        _keep_opt_outs(new, opted_out)
        moved, doubted = _move_parts(old, new)
        return Carried(
            seen=seen, settled=_settle(new, done), moved=moved, doubted=doubted
        )


def doubt_all(new: Connection, open_ones: Open) -> Carried:
    """Prepare the new database where nobody can tell what happened since."""
    with new.transaction():
        parts = [row[0] for row in new.execute(UNSENT_PARTS)]
        doubted = _doubt(new, parts)
        settled = _settle(new, open_ones)
    return Carried(seen=0, settled=settled, moved=0, doubted=doubted)


def _ask(old: Connection, open_ones: Open) -> tuple[int, Open, list[tuple[Any, ...]]]:
    try:
        ((last_job,),) = old.execute(LAST_JOB).fetchall()
        known = old.execute(OPEN_OF_CHATS, {"chats": list(open_ones)}).fetchall()
        return last_job, _by_chat(known), old.execute(OPTED_OUT).fetchall()
    except psycopg.Error as error:
        raise UnreadableError(str(error).partition("\n")[0]) from error


def _keep_seen(old: Connection, new: Connection, since: datetime) -> int:
    new.execute(
        "CREATE TEMP TABLE seen_since ON COMMIT DROP AS "
        "SELECT message_sid, address, received_at FROM inbound_messages WITH NO DATA"
    )
    with new.cursor() as cursor:
        with cursor.copy("COPY pg_temp.seen_since FROM STDIN") as copy:
            for block in _read_seen(old, since):
                copy.write(block)
        cursor.execute(KEEP_SEEN)
        return cursor.rowcount


def _read_seen(old: Connection, since: datetime) -> Iterator[bytes]:
    # COPY takes no parameters; a time of our own needs no quoting.
    query = SEEN_SINCE.format(since=f"'{since.isoformat()}'::timestamptz")
    try:
        with old.cursor() as cursor, cursor.copy(query.encode()) as copy:
            for block in copy:
                yield bytes(block)
    except psycopg.Error as error:
        raise UnreadableError(str(error).partition("\n")[0]) from error


def _keep_opt_outs(new: Connection, opted_out: Iterable[Sequence[Any]]) -> None:
    with new.cursor() as cursor:
        for user_id, address, name, is_active, opted_out_at in opted_out:
            cursor.execute(KEEP_USER, [user_id, address, name, is_active])
            cursor.execute(KEEP_OPT_OUT, [opted_out_at, address])


def _move_parts(old: Connection, new: Connection) -> tuple[int, int]:
    """Bring unsent parts to where they are now; return how many, and how many unknown.

    A part that is still unsent there is sent from here.
    """
    parts = [row[0] for row in new.execute(UNSENT_PARTS)]
    moved, unknown = 0, set(parts)
    for start in range(0, len(parts), BATCH):
        for row in _read_parts(old, parts[start : start + BATCH]):
            new.execute(MOVE_PART, row)
            unknown.discard(row[-1])
            moved += 1
    return moved, _doubt(new, list(unknown))


def _read_parts(old: Connection, parts: list[UUID]) -> list[tuple[Any, ...]]:
    try:
        return old.execute(PARTS, [parts]).fetchall()
    except psycopg.Error as error:
        raise UnreadableError(str(error).partition("\n")[0]) from error


def _doubt(new: Connection, parts: list[UUID]) -> int:
    return new.execute(DOUBT_PARTS, [parts]).rowcount


def _settle(new: Connection, done: Open) -> int:
    for chat_id, sids in done.items():
        if sids:
            bound = {"chat_id": chat_id, "sids": sids, "remark": REMARK}
            new.execute(SETTLE, bound)
    return sum(map(len, done.values()))


def _by_chat(rows: Iterable[Sequence[Any]]) -> Open:
    found: Open = {}
    for chat_id, sid in rows:
        found.setdefault(chat_id, []).append(sid)
    return found
