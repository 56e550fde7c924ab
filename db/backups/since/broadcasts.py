"""Nobody gets a broadcast twice since the backup, and no opt-in comes back by it.

The database in use knows whose turn came, and who wants to be written to. Where it
can't tell, nobody knows what was sent: what is going is paused, and operators are told.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from psycopg.types.json import Jsonb

from db.database import Connection

BATCH = 500
REASON = "the database was restored from a backup, and nobody can tell who got it since"
HAS_BROADCASTS = "SELECT to_regclass('public.broadcasts') IS NOT NULL"
BROADCASTS = "SELECT to_jsonb(sent) FROM broadcasts AS sent ORDER BY created_at"
# What was stored, and surely never given to Twilio, is lost with its message: that
# turn is still to come. It keeps its reference_id, by which it is told from others.
RECIPIENTS = """
SELECT to_jsonb(own) || CASE WHEN part.status = 'pending' AND part.attempts = 0
    THEN jsonb_build_object('state', 'waiting', 'turned_at', NULL,
                            'variables', part.template -> 'variables')
    ELSE '{}' END
FROM broadcast_recipients AS own
LEFT JOIN reply_parts AS part
  ON part.reference_id = own.reference_id AND part.position = 0
ORDER BY own.broadcast_id, own.place
"""
OPT_INS = "SELECT to_jsonb(own) FROM opt_ins AS own ORDER BY user_id"
KEEP_BROADCASTS = """
INSERT INTO broadcasts
SELECT * FROM jsonb_populate_recordset(NULL::broadcasts, %(rows)s)
ON CONFLICT (broadcast_id) DO UPDATE SET state = EXCLUDED.state,
  reason = EXCLUDED.reason, changed_at = EXCLUDED.changed_at, told_at = EXCLUDED.told_at
"""
# What the database in use does not know at all is over: another one of its template
# may be going there.
END_ALL = """
UPDATE broadcasts SET state = 'canceled', changed_at = now(),
  reason = 'the database in use before a restore did not know it'
WHERE state IN ('going', 'paused')
"""
KEEP_RECIPIENTS = """
INSERT INTO broadcast_recipients AS own
SELECT told.*
FROM jsonb_populate_recordset(NULL::broadcast_recipients, %(rows)s) AS told
JOIN users USING (user_id)
ON CONFLICT (broadcast_id, user_id) DO UPDATE SET state = EXCLUDED.state,
  why = EXCLUDED.why, reference_id = EXCLUDED.reference_id,
  turned_at = EXCLUDED.turned_at, variables = EXCLUDED.variables
WHERE own.state = 'waiting'
  -- Twilio refused what was stored here, and they wait again.
  OR own.state = 'stored' AND EXCLUDED.state = 'waiting'
    AND EXCLUDED.reference_id IS NULL
"""
FREE_LOST = """
UPDATE broadcast_recipients SET reference_id = NULL
WHERE state = 'waiting' AND reference_id IS NOT NULL
"""
FORGET_VARIABLES = """
UPDATE broadcast_recipients AS own SET variables = NULL FROM broadcasts
WHERE broadcasts.broadcast_id = own.broadcast_id AND broadcasts.state = 'canceled'
  AND own.variables IS NOT NULL
"""
# Whose turn is still to come gets it also of one that had all its turns: of each
# template of one, since one is going at a time. Of others they are told to be lost.
LACKS_SOME = """{one}.state = 'done' AND EXISTS (
    SELECT FROM broadcast_recipients AS own
    WHERE own.broadcast_id = {one}.broadcast_id AND own.state = 'waiting')"""
GO_ON = f"""
UPDATE broadcasts SET state = 'going', changed_at = now()
WHERE {LACKS_SOME.format(one="broadcasts")} AND NOT EXISTS (
  SELECT FROM broadcasts AS other WHERE other.template_id = broadcasts.template_id
    AND (other.state IN ('going', 'paused')
      OR (other.created_at, other.broadcast_id)
          > (broadcasts.created_at, broadcasts.broadcast_id)
        AND {LACKS_SOME.format(one="other")}))
"""  # noqa: S608  (our own words)
TELL_LOST = """
UPDATE broadcast_recipients AS own SET state = 'skipped', why = %(why)s,
  variables = NULL
FROM broadcasts WHERE broadcasts.broadcast_id = own.broadcast_id
  AND broadcasts.state = 'done' AND own.state = 'waiting'
"""
LOST = "a restore lost the message, and another broadcast of the template was going"
FORGET_OPT_INS = "DELETE FROM opt_ins"
KEEP_OPT_INS = """
INSERT INTO opt_ins
SELECT told.* FROM jsonb_populate_recordset(NULL::opt_ins, %(rows)s) AS told
JOIN users USING (user_id)
WHERE NOT EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = told.user_id)
ON CONFLICT DO NOTHING
"""
PAUSE = """
UPDATE broadcasts SET state = 'paused', reason = %(reason)s, changed_at = now(),
  told_at = NULL
WHERE state = 'going'
"""


def keep_broadcasts(witness: Connection, told: Connection) -> None:
    """Have the restored database know whose turn came, and who wants to be written to.

    From one at an older migration nothing is to be known: what is going is paused.
    """
    if not told.scalar(HAS_BROADCASTS):
        return
    if not witness.scalar(HAS_BROADCASTS):
        pause_broadcasts(told)
        return
    told.count(END_ALL)
    told.count(FORGET_OPT_INS)
    for query, keep in (
        (BROADCASTS, KEEP_BROADCASTS),
        (RECIPIENTS, KEEP_RECIPIENTS),
        (OPT_INS, KEEP_OPT_INS),
    ):
        rows = witness.stream(query, {}, lot=BATCH)
        while lot := _next(rows):
            told.count(keep, {"rows": Jsonb(lot)})
    told.count(FREE_LOST)
    told.count(FORGET_VARIABLES)
    told.count(GO_ON)
    told.count(TELL_LOST, {"why": LOST})


def pause_broadcasts(told: Connection) -> None:
    """Stop what is going where nobody can tell what was sent since the backup."""
    if told.scalar(HAS_BROADCASTS):
        told.count(PAUSE, {"reason": REASON})


def _next(rows: Any) -> Sequence[Any]:
    return [row for (row,) in islice(rows, BATCH)]
