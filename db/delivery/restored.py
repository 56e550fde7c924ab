"""The statements that bring parts of a restored database to where they are now.

They ask the database that was in use, which may be at an older migration, and tell the
restored one.
"""

UNSENT_PARTS = """
SELECT part_id FROM reply_parts WHERE status = ANY (%(unsettled)s) OR status = 'held'
"""
# Twilio had them, and may have refused them since.
REFUSABLE_PARTS = """
SELECT part_id FROM reply_parts
WHERE status = ANY (%(refusable)s) AND created_at > %(since)s - interval '1 day'
"""
# (An older database knows of no refused SIDs, and of nothing that is held.)
PARTS = """
SELECT status, message_sid, error_code, attempts, claimed_at, part_id,
  (to_jsonb(part) ->> 'held_at')::timestamptz AS held_at,
  (to_jsonb(part) ->> 'heard_at')::timestamptz AS heard_at,
  ARRAY(SELECT jsonb_array_elements_text(
    COALESCE(NULLIF(to_jsonb(part) -> 'refused_sids', 'null'), '[]'))) AS refused_sids
FROM reply_parts AS part WHERE part_id = ANY (%(parts)s)
"""
MOVE_PART = """
UPDATE reply_parts SET status = %(status)s, message_sid = %(message_sid)s,
  error_code = %(error_code)s, attempts = %(attempts)s, claimed_at = %(claimed_at)s,
  refused_sids = NULLIF(%(refused_sids)s::text[], '{}'),
  held_at = %(held_at)s, heard_at = %(heard_at)s
WHERE part_id = %(part_id)s
"""
HAS_MOVED = """
AND (status, message_sid, refused_sids) IS DISTINCT FROM
  (%(status)s, %(message_sid)s, NULLIF(%(refused_sids)s::text[], '{}'))
RETURNING user_id
"""
# What was held may be of any age: it has a day again, and Twilio says if it must wait.
DOUBT_PARTS = """
UPDATE reply_parts SET status = 'uncertain', held_at = NULL,
  heard_at = CASE status WHEN 'held' THEN now() ELSE heard_at END
WHERE part_id = ANY (%(parts)s)
"""
# Of parts that the restored database may not have: what was sent of them is ours, too.
SENT_SINCE = """
SELECT message_sid, status, error_code FROM reply_parts
WHERE updated_at >= %(since)s AND message_sid IS NOT NULL
UNION
SELECT refused.sid, 'failed', NULL FROM reply_parts AS part CROSS JOIN LATERAL
  jsonb_array_elements_text(
    COALESCE(NULLIF(to_jsonb(part) -> 'refused_sids', 'null'), '[]')) AS refused (sid)
WHERE updated_at >= %(since)s
UNION
SELECT message_sid, status, error_code FROM early_statuses AS early
WHERE to_jsonb(early) ->> 'is_ours' = 'true'
"""
KEEP_SENT = """
INSERT INTO early_statuses (message_sid, status, error_code, is_ours)
SELECT *, true FROM unnest(
  %(sids)s::text[], %(statuses)s::text[], %(codes)s::integer[]) AS sent (sid)
WHERE NOT EXISTS (
  SELECT FROM reply_parts
  WHERE message_sid = sid OR refused_sids @> ARRAY[sid])
ON CONFLICT (message_sid, status) DO UPDATE SET is_ours = true
"""
