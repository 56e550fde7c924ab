"""What was said since the backup is not said again, and what waits is as it is now.

Where the database in use can't tell, a reminder that came due since may have been said:
it is dropped. One that is still to come can't have been, and stays.
"""

from datetime import datetime
from itertools import islice

from psycopg.types.json import Jsonb

from db.database import Connection

BATCH = 500
HAS_SCHEDULED = "SELECT to_regclass('public.scheduled_messages') IS NOT NULL"
WAITING = "SELECT scheduled_id FROM scheduled_messages WHERE state = 'waiting'"
# What is marked as said, and none of which was given to Twilio, is to be said from
# here: its parts are not known here.
SINCE = """
SELECT CASE WHEN state = 'said' AND unsent.is_unsent
    THEN to_jsonb(scheduled) || '{"state": "waiting", "ended_at": null,
                                  "reference_id": null}'
    ELSE to_jsonb(scheduled) END
  || jsonb_build_object('address', phone_number) AS row
FROM scheduled_messages AS scheduled JOIN users USING (user_id)
CROSS JOIN LATERAL (
  SELECT bool_and(status IN ('pending', 'held') AND message_sid IS NULL) AS is_unsent
  FROM reply_parts AS part WHERE part.reference_id = scheduled.reference_id
) AS unsent
WHERE scheduled.state = 'waiting' OR scheduled.ended_at >= %(since)s
  OR scheduled_id = ANY (%(waiting)s)
ORDER BY scheduled.created_at
"""
MAKE_ROOM = """
CREATE TEMPORARY TABLE witnessed_messages (LIKE scheduled_messages) ON COMMIT DROP
"""
# The same person may have another user_id in a database that does not come from there.
HEAR = """
INSERT INTO witnessed_messages (scheduled_id, user_id, chat_id, kind, number, text,
  say_at, state, why, call_id, offer_id, heard_at, reference_id, canceled_by,
  created_at, ended_at)
SELECT told.scheduled_id, users.user_id, told.chat_id, kind, number, text,
  say_at, state, why, call_id, offer_id, heard_at, reference_id, canceled_by,
  told.created_at, ended_at
FROM jsonb_array_elements(%(rows)s) AS given (row)
CROSS JOIN LATERAL jsonb_populate_record(NULL::scheduled_messages, row) AS told
JOIN users ON users.phone_number = row ->> 'address'
"""
# One of a person waits: what was said and never given to Twilio gives way to what was
# planned since, as an older offer does.
GIVE_WAY = """
UPDATE witnessed_messages AS older SET state = 'dropped', ended_at = now(),
  why = 'a newer one waited when a backup was restored'
WHERE kind = 'follow_up' AND state = 'waiting' AND EXISTS (
  SELECT FROM witnessed_messages AS newer
  WHERE newer.user_id = older.user_id AND newer.kind = 'follow_up'
    AND newer.state = 'waiting' AND (newer.created_at, newer.scheduled_id)
      > (older.created_at, older.scheduled_id))
"""
MOVE = """
UPDATE scheduled_messages AS known SET state = heard.state, why = heard.why,
  say_at = heard.say_at, ended_at = heard.ended_at, offer_id = heard.offer_id,
  heard_at = heard.heard_at, canceled_by = heard.canceled_by,
  reference_id = heard.reference_id
FROM witnessed_messages AS heard
WHERE known.scheduled_id = heard.scheduled_id AND known.state = 'waiting'
"""
DOUBT = """
UPDATE scheduled_messages SET state = 'dropped', ended_at = now(),
  why = 'it waited in a backup that was restored: whether it was said since, nobody '
        'knows'
WHERE state = 'waiting' {which}
"""
UNKNOWN = """AND scheduled_id NOT IN (SELECT scheduled_id FROM witnessed_messages)"""
ADD = """
INSERT INTO scheduled_messages SELECT * FROM witnessed_messages ON CONFLICT DO NOTHING
"""
# What they were offered is long past, and may be answered.
PAST = "AND (kind = 'follow_up' OR say_at <= now())"
# Whoever wrote STOP since hears nothing of before.
CANCEL = """
UPDATE scheduled_messages SET state = 'canceled', why = 'they wrote STOP',
  ended_at = now()
WHERE state = 'waiting' AND user_id IN (SELECT user_id FROM opt_outs)
"""


def keep_scheduled(witness: Connection, told: Connection, since: datetime) -> None:
    """Have the restored database say later what the one in use would, and no more."""
    if not told.scalar(HAS_SCHEDULED):
        return
    if not witness.scalar(HAS_SCHEDULED):
        doubt_scheduled(told)
        return
    told.count(MAKE_ROOM)
    asked = {"since": since, "waiting": told.column(WAITING)}
    rows = witness.stream(SINCE, asked, lot=BATCH)
    while lot := [row for (row,) in islice(rows, BATCH)]:
        told.count(HEAR, {"rows": Jsonb(lot)})
    # What waits no more first: there is room then for what waits.
    for statement in (GIVE_WAY, MOVE, DOUBT.format(which=UNKNOWN), ADD, CANCEL):
        told.count(statement)


def doubt_scheduled(told: Connection) -> None:
    """Have nothing said that may have been said since."""
    if told.scalar(HAS_SCHEDULED):
        told.count(DOUBT.format(which=PAST))
