"""The statements that claim parts and move them, forward only."""

from dataclasses import fields

from db.delivery.window import IS_FREE_TEXT
from db.records import FAILED, OUTSIDE_WINDOW, UNSETTLED, WITH_TWILIO, Part

# How far a part is; a failure is final, and a later callback can't undo it.
PROGRESS = (*UNSETTLED, *WITH_TWILIO)
NOT_ON_ITS_WAY = WITH_TWILIO[: WITH_TWILIO.index("sent")]
REFUSABLE = (*UNSETTLED, *WITH_TWILIO[: WITH_TWILIO.index("delivered")])
# How often a part is sent again after Twilio took it, and how long it waits first.
MOST_REFUSALS = 5
MOST_OUR_ADDRESSES = 20
LATEST_MESSAGES = 100_000
PAUSE = "interval '5 s' * 3 ^ (cardinality(part.refused_sids) - 1)"
COLUMNS = ", ".join(f"part.{field.name}" for field in fields(Part))

FIND_PARTS = f"""
SELECT {COLUMNS} FROM reply_parts AS part
WHERE reference_id = %(reference_id)s ORDER BY position
"""  # noqa: S608  (our own column names)

NOT_WANTED = """part.created_at < opted_out_at
      OR part.author IN ('bot', 'broadcast')
      AND (users.owner = 'human' OR part.created_at < users.taken_at)
      OR part.author = 'broadcast' AND NOT EXISTS (
        SELECT FROM opt_ins WHERE opt_ins.user_id = users.user_id)"""

# A user's parts go out in the order in which they were made: only the first one that is
# not settled can be claimed, and not while the one before it is at Twilio but not sent.
# (A tuple of words reads in Python as it does in SQL.)
#
# What was made before the user opted out, and turns out to be unsent only afterwards (a
# worker died over it, Twilio was busy), is not sent any more; nor what the bot made for
# whom a human has now, or took over since: it would talk past what was said meanwhile.
# The word that confirms the STOP is made in the same transaction, at the same time.
# Broadcasts go only to who wants them still: STOP takes that away, too.
# What stands in braces is for what is held: see db/delivery/holding.py.
CLAIM = f"""
WITH {{let_go}}stopped AS (
  UPDATE reply_parts AS part SET status = 'canceled'
  FROM users LEFT JOIN opt_outs USING (user_id)
  WHERE users.user_id = %(user_id)s AND part.user_id = users.user_id
    AND part.unsettled AND part.status = 'pending'
    AND ({NOT_WANTED}{{or_needless}})
  RETURNING part.part_id
), head AS (
  SELECT * FROM reply_parts
  WHERE user_id = %(user_id)s AND unsettled
    AND part_id NOT IN (SELECT part_id FROM stopped)
  ORDER BY sequence LIMIT 1
), before AS (
  SELECT reply_parts.status, COALESCE(reply_parts.claimed_at, reply_parts.created_at)
    AS since
  FROM reply_parts, head
  WHERE reply_parts.user_id = %(user_id)s AND reply_parts.sequence < head.sequence
  ORDER BY reply_parts.sequence DESC LIMIT 1
), behind AS (
  SELECT EXISTS (
    SELECT FROM before WHERE status IN {NOT_ON_ITS_WAY}
    AND since > now() - %(patience)s) AS is_behind
), {{shut}}claimed AS (
  UPDATE reply_parts AS part
  SET status = 'sending', attempts = part.attempts + 1, claimed_at = now()
  FROM head, behind{{and_asked}}
  WHERE part.part_id = head.part_id AND part.user_id = head.user_id
    AND part.status = 'pending'
    AND NOT is_behind{{and_open}}
    AND (part.refused_sids IS NULL OR part.claimed_at < now() - {PAUSE})
    AND GREATEST(part.created_at, part.heard_at) > now() - %(window)s
  RETURNING part.attempts
)
SELECT {COLUMNS}, is_behind, (SELECT attempts FROM claimed) AS attempt,
  {{is_shut}} AS is_shut
FROM head AS part, behind
"""  # noqa: S608  (the same)
GAPS = ("let_go", "or_needless", "shut", "and_asked", "and_open", "is_shut")
CLAIM_NEXT = CLAIM.format(**{**dict.fromkeys(GAPS, ""), "is_shut": "false"})

# `attempts` tells one attempt from the next: who was thought dead must not free what
# another worker is sending meanwhile, or it goes out twice.
#
# What names a status of unsettled parts names their user as well: PostgreSQL takes
# their index for tiny, and would read all of it, which grows while Twilio is away.
RELEASE_PART = """
UPDATE reply_parts SET status = 'pending', error_code = %(error_code)s
WHERE user_id = %(user_id)s AND part_id = %(part_id)s AND attempts = %(attempts)s
  AND status IN ('sending', 'uncertain') AND message_sid IS NULL
"""
RECORD_UNCERTAIN = """
UPDATE reply_parts SET status = 'uncertain'
WHERE user_id = %(user_id)s AND part_id = %(part_id)s AND attempts = %(attempts)s
  AND status = 'sending' AND message_sid IS NULL
"""
RECORD_FAILED = f"""
UPDATE reply_parts SET status = 'failed', error_code = %(error_code)s
WHERE user_id = %(user_id)s AND reference_id = %(reference_id)s
  AND position BETWEEN %(position)s AND %(last)s
  AND status IN {UNSETTLED}
"""  # noqa: S608  (our own words)
# Media and templates that can't be sent give way to the text that they stand for: once,
# for then there is none any more. It is the same part: whoever took the chat over, or
# wrote STOP, keeps it from being sent as any other.
INSTEAD = "body = instead, media = NULL, template = NULL, instead = NULL"
SAY_INSTEAD = f"""
UPDATE reply_parts SET status = 'pending', error_code = %(error_code)s, {INSTEAD}
WHERE user_id = %(user_id)s AND part_id = %(part_id)s AND attempts = %(attempts)s
  AND status IN ('sending', 'uncertain') AND message_sid IS NULL AND instead <> ''
"""  # noqa: S608  (the same)
# The SID is stored whatever the status; status and error only if they lie ahead. A
# failure that only we recorded (there is no SID) gives way to what Twilio says.
AHEAD = f"status = ANY (%(reached)s) OR (status IN {FAILED} AND message_sid IS NULL)"
COUNTS = "(refused_sids IS NULL OR NOT refused_sids @> ARRAY[%(message_sid)s])"
ADVANCE = f"""
UPDATE reply_parts SET message_sid = %(message_sid)s,
  status = CASE WHEN {AHEAD} THEN %(status)s ELSE status END,
  error_code = CASE WHEN {AHEAD} THEN %(error_code)s ELSE error_code END
WHERE {{mine}} AND {COUNTS}
"""  # noqa: S608  (the same)
# Of a failure that says that the user opted out at Twilio. Only what moves a part says
# it: the callback may be an old one that somebody sends again, after START.
OPT_OUT = f"""
WITH opted_out AS (
  INSERT INTO opt_outs (user_id) SELECT user_id FROM reply_parts
  WHERE {{mine}} AND {COUNTS} AND ({AHEAD}) ON CONFLICT DO NOTHING
) {ADVANCE}
"""  # noqa: S608  (the same)
# Taken, and refused later for what may be over soon: the part is sent again, under a
# new SID. The old one is kept, so that nothing that is told of it counts any more.
# While a send is under way nobody knows whether it is the one that was refused: its
# sender does, once it has the SID (RELEASE_REFUSED).
#
# (There is one job a user that waits, as in QUEUE_SENDS.)
_REFUSE = f"""
WITH refused AS (
  UPDATE reply_parts SET message_sid = NULL, error_code = %(error_code)s,{{said}}
    status = CASE WHEN status = 'sending' THEN status ELSE 'pending' END,
    refused_sids = COALESCE(refused_sids, '{{{{}}}}') || %(message_sid)s::text
  WHERE (message_sid = %(message_sid)s
         OR part_id = %(part_id)s AND message_sid IS NULL)
    AND status IN {REFUSABLE}
    AND (refused_sids IS NULL OR NOT refused_sids @> ARRAY[%(message_sid)s])
    AND {{may}}
    AND GREATEST(created_at, heard_at) > now() - %(window)s
    AND (%(error_code)s <> %(shut_code)s OR {IS_FREE_TEXT.format(part="")})
  RETURNING 'send:' || user_id AS lock, user_id
), queued AS (
  SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    'deliveries', 'send_parts', 0, lock, NULL,
    jsonb_build_object('user_id', user_id), NULL
  )::procrastinate_job_to_defer_v1])
  FROM refused WHERE NOT EXISTS (
    SELECT FROM procrastinate_jobs AS job
    WHERE job.lock = refused.lock AND job.status IN ('todo', 'doing')
      AND job.status::text = 'todo')
)
SELECT lock, (SELECT count(*) FROM queued) FROM refused
"""  # noqa: S608  (our own words)
REFUSE = _REFUSE.format(
    said="", may=f"COALESCE(cardinality(refused_sids), 0) < {MOST_REFUSALS}"
)
# Refused for its media, or its template: its text is sent.
REFUSE_MEDIA = _REFUSE.format(said=f" {INSTEAD},", may="instead <> ''")
REFUSE_TEMPLATE = _REFUSE.format(
    said=f" {INSTEAD},", may="instead <> '' AND template IS NOT NULL"
)
RELEASE_REFUSED = """
UPDATE reply_parts SET status = 'pending'
WHERE user_id = %(user_id)s AND part_id = %(part_id)s AND attempts = %(attempts)s
  AND status = 'sending' AND message_sid IS NULL
  AND refused_sids @> ARRAY[%(message_sid)s]
"""
# What follows a part that failed makes no sense without it, but for media beside text.
FAIL_REST = f"""
UPDATE reply_parts AS rest SET status = 'failed', error_code = part.error_code
FROM reply_parts AS part
WHERE part.message_sid = %(message_sid)s AND part.status IN {FAILED}
  AND rest.user_id = part.user_id
  AND rest.reference_id = part.reference_id AND rest.position > part.position
  AND rest.status = 'pending'
  AND NOT (part.instead IS NOT NULL AND part.error_code = ANY (%(about_media)s))
"""  # noqa: S608  (the same)
# Which part a status is about.
BY_SID = "message_sid = %(message_sid)s"
BY_ID = "part_id = %(part_id)s"
OF_PART = f"{BY_ID} AND (message_sid IS NULL OR {BY_SID})"
ADVANCE_PART = ADVANCE.format(mine=OF_PART)
# A callback names its part and finds it, so what is early names none: not of ours. (Not
# a join: of an index that it takes for empty PostgreSQL would read all.)
RECORD_ACCEPTED = f"""
WITH moved AS ({ADVANCE.format(mine=BY_ID)} RETURNING part_id, user_id)
SELECT EXISTS (SELECT FROM moved) AS is_stored,
  EXISTS (
    SELECT FROM early_statuses WHERE message_sid = %(message_sid)s) AS has_early,
  EXISTS (
    SELECT FROM reply_parts AS other
    WHERE other.user_id = (SELECT user_id FROM moved) AND other.unsettled
      AND other.part_id <> %(part_id)s) AS has_more
"""  # noqa: S608  (our own words)
KEEP_EARLY = """
WITH old AS (
  DELETE FROM early_statuses WHERE received_at < now() - interval '1 day'
)
INSERT INTO early_statuses (message_sid, status, error_code)
VALUES (%(message_sid)s, %(status)s, %(error_code)s) ON CONFLICT DO NOTHING
"""
FIND_EARLY = """
SELECT message_sid, status, error_code FROM early_statuses
WHERE message_sid = %(message_sid)s
"""
NOTE_OPT_OUT = """
INSERT INTO opt_outs (user_id) SELECT user_id FROM reply_parts
WHERE part_id = %(part_id)s ON CONFLICT DO NOTHING
"""
FIND_KNOWN = """
SELECT message_sid FROM reply_parts WHERE message_sid = ANY (%(sids)s)
UNION
SELECT unnest(refused_sids) FROM reply_parts WHERE refused_sids && %(sids)s::text[]
UNION
SELECT message_sid FROM early_statuses WHERE message_sid = ANY (%(sids)s) AND is_ours
"""
# Of what came in last: some weeks, or as much as is read in a moment.
FIND_OUR_ADDRESSES = f"""
SELECT our_address FROM (
  SELECT our_address, received_at FROM inbound_messages
  ORDER BY received_at DESC LIMIT {LATEST_MESSAGES}
) AS latest WHERE our_address IS NOT NULL
GROUP BY our_address ORDER BY max(received_at) DESC LIMIT {MOST_OUR_ADDRESSES}
"""  # noqa: S608  (our own numbers)
# A job that waits will see what is stored now: one is enough, however often is asked.
# What is for many lets all others go first.
_QUEUE_SENDS = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
  'deliveries', 'send_parts', {priority}, 'send:' || %(user_id)s, NULL,
  jsonb_build_object('user_id', %(user_id)s),
  CASE WHEN %(pause)s > interval '0' THEN now() + %(pause)s END
)::procrastinate_job_to_defer_v1])
WHERE NOT EXISTS (
  SELECT FROM procrastinate_jobs
  WHERE lock = 'send:' || %(user_id)s AND status IN ('todo', 'doing')
    AND status::text = 'todo')
"""
QUEUE_SENDS = _QUEUE_SENDS.format(priority=0)
QUEUE_BROADCAST = _QUEUE_SENDS.format(priority=-10)
# What of the service window and its template somebody who runs the bot must mend: that
# template's failures, and what fails though it could be held. A job tells them. It is
# deferred once for a template and an error, as long as finished jobs are kept: its lock
# is the note that they were told.
TELL = f"""
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
SELECT 'alerts', 'tell_trouble', trouble.lock,
       jsonb_build_object('content_sid', trouble.content_sid, 'code', trouble.code)
FROM (
  SELECT content_sid, error_code AS code,
         concat_ws(':', 'trouble', content_sid, error_code) AS lock
  FROM reply_parts CROSS JOIN LATERAL (
    SELECT CASE author WHEN 'fallback' THEN template ->> 'content_sid' END
  ) AS told_of (content_sid)
  WHERE {{mine}} AND status IN {FAILED} AND error_code IS NOT NULL
    AND (author = 'fallback'
      OR error_code = {OUTSIDE_WINDOW} AND {IS_FREE_TEXT.format(part="")})
  LIMIT 1
) AS trouble
WHERE NOT EXISTS (
  SELECT FROM procrastinate_jobs AS told
  WHERE told.task_name = 'tell_trouble' AND told.lock = trouble.lock)
"""  # noqa: S608  (our own words)


def read_status(told: str) -> str:
    """Return Twilio's status in our words.

    Its `sending` lies behind `queued`, ours before `accepted`. A status that is new to
    us shows at least that Twilio has the message.
    """
    if told == "sending":
        return "queued"
    return told if told in (*WITH_TWILIO, *FAILED) else "accepted"


def before(status: str) -> list[str]:
    """Return what a part may be at for this status to move it forward."""
    last = "delivered" if status in FAILED else status
    return list(PROGRESS[: PROGRESS.index(last)])
