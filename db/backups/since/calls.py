"""What tools did since the backup is known, so that none of it is done again.

The LLM is asked again for what is unanswered: it is shown the calls that were made for
it, as ever, and a call that waited is decided as it was. Where the database in use
can't tell, what was open may have taken effect since, and begins no more.
"""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby, islice

from psycopg.types.json import Jsonb

from db.backups.since.people import KEEP_USER, PERSON
from db.database import Connection
from db.tools.calls import COLUMNS, call_a_person

BATCH = 500
HAS_CALLS = "SELECT to_regclass('public.tool_calls') IS NOT NULL"
OPEN = "SELECT call_id FROM tool_calls WHERE state IN ('waiting', 'intent')"
# Whoever changes a state says when; who allows a call leaves it waiting.
SINCE = """
SELECT to_jsonb(call) || jsonb_build_object('address', phone_number) AS call
FROM tool_calls AS call JOIN users USING (user_id)
WHERE greatest(call.created_at, started_at, ended_at, person_called_at) >= %(since)s
  OR state IN ('waiting', 'intent') OR call_id = ANY (%(open)s)
"""
HEARD_OF = """
SELECT message_sid FROM inbound_messages WHERE message_sid = ANY (%(sids)s)
"""
# Who is new since the backup comes along, if they are to be answered here.
WHO_IS_OPEN = f"""
SELECT DISTINCT {PERSON} FROM tool_calls JOIN users USING (user_id)
WHERE message_sid = ANY (%(sids)s)
"""  # noqa: S608  (our own words)
# What is open is answered in one batch here, under the first of its messages.
FIRSTS = """
SELECT message_sid, first_value(message_sid) OVER (
  PARTITION BY address ORDER BY received_at, message_sid) AS first
FROM inbound_messages WHERE message_sid = ANY (%(sids)s)
"""

MAKE_ROOM = """
CREATE TEMPORARY TABLE witnessed_calls ON COMMIT DROP AS
SELECT *, NULL::text AS address FROM tool_calls WITH NO DATA
"""
HEAR = """
INSERT INTO witnessed_calls
SELECT * FROM jsonb_populate_recordset(NULL::witnessed_calls, %(calls)s)
"""
# The same person may have another user_id in a database that does not come from there.
FIND_THEM = """
UPDATE witnessed_calls
SET user_id = (SELECT user_id FROM users WHERE phone_number = address)
"""
LEAVE_STRANGERS = "DELETE FROM witnessed_calls WHERE user_id IS NULL"
# The answer that they were told by is made anew.
GATHER = """
UPDATE witnessed_calls AS known SET message_sid = batch.first, reference_id = NULL
FROM unnest(%(sids)s::text[], %(firsts)s::text[]) AS batch (sid, first)
WHERE known.message_sid = batch.sid
"""
COUNT_ANEW = """
UPDATE witnessed_calls AS known SET position = counted.position
FROM (SELECT call_id, row_number() OVER (
        PARTITION BY message_sid ORDER BY created_at, position) - 1 AS position
      FROM witnessed_calls WHERE message_sid = ANY (%(firsts)s)) AS counted
WHERE counted.call_id = known.call_id
"""
REPLACE = """
DELETE FROM tool_calls USING witnessed_calls AS known
WHERE tool_calls.call_id = known.call_id
"""
# What only the restored one has of a batch comes behind what the other one has of it.
PUT_ASIDE = """
UPDATE tool_calls SET position = -1 - position
WHERE message_sid IN (SELECT message_sid FROM witnessed_calls)
"""
KEEP = f"""
INSERT INTO tool_calls ({COLUMNS}) SELECT {COLUMNS} FROM witnessed_calls
"""  # noqa: S608  (our own column names)
PUT_BEHIND = """
UPDATE tool_calls SET position = counted.position
FROM (SELECT call_id, position < 0 AS is_aside,
        max(position) OVER (PARTITION BY message_sid) + row_number() OVER (
          PARTITION BY message_sid, position < 0 ORDER BY position DESC) AS position
      FROM tool_calls
      WHERE message_sid IN (SELECT message_sid FROM witnessed_calls)) AS counted
WHERE is_aside AND counted.call_id = tool_calls.call_id
"""

# What was allowed already is begun at once.
DOUBT = """
UPDATE tool_calls SET ended_at = now(),
  state = CASE WHEN state = 'waiting' AND approved_by IS NULL
    THEN 'refused' ELSE 'unknown' END,
  person_called_at = CASE WHEN state = 'intent' OR approved_by IS NOT NULL
    THEN now() END,
  error = CASE WHEN state = 'waiting' AND approved_by IS NULL
    THEN 'it waited in a backup that was restored: whether it was allowed since, '
         'nobody knows'
    ELSE 'it was open in a backup that was restored: whether it took effect, '
         'nobody knows' END,
  result = CASE WHEN state = 'waiting' AND approved_by IS NULL
    THEN 'Not done, as far as is known: nobody can allow it any more.'
    ELSE result END
WHERE state IN ('waiting', 'intent')
  AND call_id NOT IN (SELECT call_id FROM witnessed_calls)
RETURNING user_id, tool, state
"""
# Who carries a call out that an operator decided tells its user, too.
CARRIED_OUT = """
SELECT DISTINCT (args ->> 'call_id')::uuid FROM procrastinate_jobs
WHERE task_name = 'carry_out_call' AND status IN ('todo', 'doing')
"""
DROP_JOBS = """
DELETE FROM procrastinate_jobs
WHERE task_name = 'carry_out_call' AND status IN ('todo', 'doing')
  AND NOT (args ->> 'call_id')::uuid = ANY (%(ids)s::uuid[])
"""
DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
SELECT 'answers', 'carry_out_call', 'answer:' || user_id,
       jsonb_build_object('call_id', call_id)
FROM tool_calls WHERE call_id = ANY (%(ids)s::uuid[]) AND NOT EXISTS (
  SELECT FROM procrastinate_jobs
  WHERE task_name = 'carry_out_call' AND status IN ('todo', 'doing')
    AND args ->> 'call_id' = call_id::text)
"""


def keep_calls(
    witness: Connection,
    told: Connection,
    since: datetime,
    still_open: Collection[str],
    waiting: Collection[str],
) -> None:
    """Have the restored database know each call as the one in use does.

    `still_open` are messages to be answered there, `waiting` those that are once they
    are taken in again. What only the restored one knows as open is doubted.
    """
    told.count(MAKE_ROOM)
    carried_out = []
    if witness.scalar(HAS_CALLS):
        heard = set(told.column(HEARD_OF, {"sids": list(waiting)}))
        _hear(witness, told, since, [*still_open, *({*waiting} - heard)])
        for statement in (REPLACE, PUT_ASIDE, KEEP, PUT_BEHIND):
            told.count(statement)
        carried_out = witness.column(CARRIED_OUT)
    _doubt(told)
    for statement in (DROP_JOBS, DEFER):
        told.count(statement, {"ids": carried_out})


def doubt_calls(told: Connection) -> None:
    """Have nothing begin that was open, and a person look at what may be done."""
    told.count(MAKE_ROOM)
    _doubt(told)
    told.count(DROP_JOBS, {"ids": []})


def _hear(
    witness: Connection, told: Connection, since: datetime, sids: list[str]
) -> None:
    """Write down what the witness says; `sids` are to be answered here."""
    for person in witness.rows(WHO_IS_OPEN, {"sids": sids}):
        told.count(KEEP_USER, person._asdict())
    asked = {"since": since, "open": told.column(OPEN)}
    rows = witness.stream(SINCE, asked, lot=BATCH)
    while lot := [row for (row,) in islice(rows, BATCH)]:
        told.count(HEAR, {"calls": Jsonb(lot)})
    told.count(FIND_THEM)
    told.count(LEAVE_STRANGERS)
    if found := witness.rows(FIRSTS, {"sids": sids}):
        sids, firsts = map(list, zip(*found, strict=True))
        batches = {"sids": sids, "firsts": firsts}
        told.count(GATHER, batches)
        told.count(COUNT_ANEW, batches)


def _doubt(told: Connection) -> None:
    doubted = told.rows(DOUBT)
    unknown = sorted((row.user_id, row.tool) for row in doubted if row[2] == "unknown")
    for user_id, found in groupby(unknown, key=lambda row: row[0]):
        call_a_person(told, user_id, [tool for _, tool in found], lasts=None)
