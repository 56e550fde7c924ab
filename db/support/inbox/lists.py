"""The statements that choose who is in the inbox, list by list.

It is asked for every few seconds by everybody who looks, and no index may help it that
mentions what each message changes. So those who wait or are with a human are found by
the small index of owners that are not the bot; and the bot's chats by the last messages
that were taken in, of which each leads to its chat if it is that chat's last.
"""

from db.support.inbox.rows import LOOKING

PAGE = 30
# Messages that are looked through at once for the bot's chats.
WINDOW = 300
MOST_RESOLVED = 2000  # tickets that are looked through for a page
MOST_PEOPLE = 300  # of a name, of whom a page is chosen
REFRESH_SECONDS = 30  # what tells nobody that it changed is shown anew after these

TICKET = """LEFT JOIN support_tickets AS ticket ON ticket.user_id = users.user_id
  AND ticket.status <> 'resolved'"""
FILTERED = """(%(label)s::text IS NULL OR %(label)s::text = ANY (ticket.labels))
  AND (%(assignee)s::uuid IS NULL OR ticket.assignee_id = %(assignee)s::uuid)"""
AWAKE = "ticket.status IS DISTINCT FROM 'snoozed'"
RANK = "array_position(ARRAY['urgent', 'high', 'normal', 'low'], ticket.priority)"

# Each statement gives who, which ticket, and what the next page begins after.
QUEUE = f"""
SELECT user_id, NULL::bigint AS ticket_id, rank, at
FROM (
  SELECT users.user_id, COALESCE({RANK}, 3) AS rank, owner_since AS at
  FROM users {TICKET}
  WHERE owner <> 'bot' AND owner = 'queue' AND {AWAKE} AND {FILTERED}
) AS waiting
WHERE %(after_at)s::timestamptz IS NULL
  OR (rank, at, user_id) > (%(after_rank)s, %(after_at)s, %(after_id)s::uuid)
ORDER BY rank, at, user_id LIMIT %(most)s
"""  # noqa: S608 (constants of ours)
HUMAN = f"""
SELECT user_id, NULL::bigint AS ticket_id, rank, at
FROM (
  SELECT users.user_id, COALESCE(userchats.updated_at, owner_since, '-infinity') AS at,
         (owner_id IS NOT DISTINCT FROM %(operator)s::uuid)::int AS rank
  FROM users {TICKET}
  LEFT JOIN userchats ON customer_id = users.user_id AND userchats.is_active
  WHERE owner <> 'bot' AND owner = 'human' AND {AWAKE} AND {FILTERED}
    AND (NOT %(only_mine)s OR owner_id = %(operator)s::uuid)
) AS taken
WHERE %(after_at)s::timestamptz IS NULL
  OR (rank, at, user_id) < (%(after_rank)s, %(after_at)s, %(after_id)s::uuid)
ORDER BY rank DESC, at DESC, user_id DESC LIMIT %(most)s
"""  # noqa: S608 (constants of ours)
# Who has a ticket, although the bot has the chat, is found by the ticket.
TICKETED_BOT = f"""
SELECT users.user_id, NULL::bigint AS ticket_id, 0 AS rank, opened_at AS at
FROM support_tickets AS ticket JOIN users USING (user_id)
JOIN userchats ON customer_id = users.user_id AND userchats.is_active
WHERE ticket.status NOT IN ('resolved', 'snoozed') AND owner = 'bot' AND {FILTERED}
  AND (%(after_at)s::timestamptz IS NULL
    OR (opened_at, users.user_id) < (%(after_at)s, %(after_id)s::uuid))
ORDER BY opened_at DESC, users.user_id DESC LIMIT %(most)s
"""  # noqa: S608 (constants of ours)
SNOOZED = f"""
SELECT user_id, NULL::bigint AS ticket_id, 0 AS rank, snoozed_until AS at
FROM support_tickets AS ticket
WHERE status <> 'resolved' AND status = 'snoozed' AND {FILTERED}
  AND (%(after_at)s::timestamptz IS NULL
    OR (snoozed_until, user_id) > (%(after_at)s, %(after_id)s::uuid))
ORDER BY snoozed_until, user_id LIMIT %(most)s
"""  # noqa: S608 (constants of ours)
RESOLVED = f"""
SELECT user_id, id AS ticket_id, 0 AS rank, resolved_at AS at
FROM (SELECT * FROM support_tickets
      WHERE status = 'resolved'
        AND (%(after_ticket)s::bigint IS NULL OR id < %(after_ticket)s::bigint)
      ORDER BY id DESC LIMIT {MOST_RESOLVED}) AS ticket
WHERE {FILTERED} AND (%(sees_past)s OR EXISTS (
  SELECT FROM userchats WHERE customer_id = ticket.user_id AND userchats.is_active))
ORDER BY id DESC LIMIT %(most)s
"""  # noqa: S608 (constants of ours)
# The last row has no user: it says where the window ended, if there may be more. With
# OFFSET 0 each message is looked up by keys, the last one first, until a page is full:
# the planner can't know how few that are, and would read all chats.
BOT = f"""
WITH taken_in AS (
  SELECT received_at, message_sid, address FROM inbound_messages
  WHERE %(after_at)s::timestamptz IS NULL OR received_at <= %(after_at)s
    AND (received_at, message_sid) < (%(after_at)s, %(after_sid)s)
  ORDER BY received_at DESC, message_sid DESC LIMIT {WINDOW}
), found AS (
  SELECT person.user_id, received_at, message_sid
  FROM (SELECT * FROM taken_in ORDER BY received_at DESC, message_sid DESC OFFSET 0)
    AS latest
  CROSS JOIN LATERAL (
    SELECT user_id FROM user_addresses WHERE user_addresses.address = latest.address
    OFFSET 0
  ) AS person
  CROSS JOIN LATERAL (
    SELECT jsonb_path_query_array(messages, '$[*].message_sid') ->> -1 AS last_sid
    FROM users JOIN userchats ON customer_id = users.user_id AND userchats.is_active
    WHERE users.user_id = person.user_id AND owner = 'bot' OFFSET 0
  ) AS chat
  WHERE last_sid = message_sid
  ORDER BY received_at DESC, message_sid DESC LIMIT %(most)s
)
(SELECT user_id, received_at AS at, message_sid FROM found
 ORDER BY received_at DESC, message_sid DESC)
UNION ALL
SELECT NULL, CASE WHEN count(*) = {WINDOW} THEN min(received_at) END,
       (array_agg(message_sid ORDER BY received_at, message_sid))[1] FROM taken_in
"""  # noqa: S608 (constants of ours)
PEOPLE = f"""
SELECT user_id, NULL::bigint AS ticket_id
FROM (
  SELECT user_id, owner, created_at FROM users
  WHERE (full_name ILIKE %(like)s OR phone_number LIKE %(digits)s)
    AND phone_number IS NOT NULL
  ORDER BY created_at DESC LIMIT {MOST_PEOPLE}
) AS person
WHERE %(sees_past)s OR owner <> 'bot' OR EXISTS (
  SELECT FROM userchats WHERE customer_id = person.user_id AND userchats.is_active)
ORDER BY created_at DESC LIMIT {PAGE}
"""  # noqa: S608 (constants of ours)
COUNTS = f"""
SELECT count(*) FILTER (WHERE owner = 'queue' AND {AWAKE}) AS queue,
       count(*) FILTER (WHERE owner = 'human' AND {AWAKE}
                          AND owner_id = %(operator)s::uuid) AS mine,
       count(*) FILTER (WHERE owner = 'human' AND {AWAKE}) AS human,
       (SELECT count(*) FROM support_tickets
        WHERE status <> 'resolved' AND status = 'snoozed') AS snoozed
FROM users {TICKET} WHERE owner <> 'bot'
"""  # noqa: S608 (constants of ours)
WAITING = f"""
SELECT count(*) FROM users {TICKET}
WHERE owner <> 'bot' AND owner = 'queue' AND {AWAKE}
"""  # noqa: S608 (constants of ours)
VERSION = f"""
SELECT md5(concat_ws('|',
  (SELECT max(received_at) FROM inbound_messages),
  (SELECT created_at FROM reply_parts WHERE "position" = 0
   ORDER BY created_at DESC LIMIT 1),
  (SELECT concat_ws(',', count(*), sum(owner_version), max(owner_since))
   FROM users WHERE owner <> 'bot'),
  (SELECT concat_ws(',', count(*), max(updated_at)) FROM support_tickets
   WHERE status <> 'resolved'),
  (SELECT concat_ws(',', count(*), sum(read_turns)) FROM support_sessions
   WHERE seen_at > now() - {LOOKING}),
  floor(extract(epoch FROM now()) / {REFRESH_SECONDS})))
"""  # noqa: S608 (constants of ours)
LABELS = """
SELECT DISTINCT label FROM support_tickets, unnest(labels) AS label
WHERE status <> 'resolved' ORDER BY label LIMIT 200
"""
OPERATORS = """
SELECT user_id, COALESCE(full_name, email, phone_number) AS name FROM users
WHERE role <> 'user' AND is_active ORDER BY 2 LIMIT 200
"""
OF_CHATS = """
SELECT chat_id, customer_id AS user_id, is_active FROM all_chats
WHERE chat_id = ANY (%(chat_ids)s)
"""
