"""What the inbox shows of a person: one row each, found for those who were chosen."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

SHOWN_WORDS = 160  # characters of the last message
LOOKING = "interval '1 minute'"

# Who was chosen, in that order; a ticket_id of NULL stands for the open one, if any.
# The last message is looked for once a row, since each look reads the whole transcript.
DETAILS = f"""
SELECT users.user_id, users.full_name, users.phone_number AS address, users.owner,
       users.owner_since, users.owner_until, users.owner_id, users.owner_reason,
       COALESCE(holder.full_name, holder.email) AS owner_name,
       ticket.id AS ticket_id, ticket.subject, ticket.status, ticket.priority,
       ticket.snoozed_until, ticket.resolved_at,
       COALESCE(ticket.labels, '{{}}') AS labels,
       COALESCE(assignee.full_name, assignee.email) AS assignee_name,
       chat.chat_id, chat.updated_at AS last_at, last.turn ->> 'role' AS last_role,
       left(last.turn ->> 'content', {SHOWN_WORDS}) AS last_words,
       last.turn ? 'media' AS last_has_media,
       CASE WHEN last.turn ->> 'author' = mine.operator_id::text THEN 'you'
         ELSE COALESCE(author.full_name, author.email) END AS last_author,
       CASE WHEN session.read_turns IS NOT NULL OR users.owner <> 'bot'
         THEN GREATEST(last.turns - COALESCE(session.read_turns, 0), 0) ELSE 0
         END AS unread,
       ARRAY(SELECT COALESCE(other.full_name, other.email)
             FROM support_sessions AS look
             JOIN users AS other ON other.user_id = look.operator_id
             WHERE look.user_id = users.user_id AND look.operator_id <> mine.operator_id
               AND look.seen_at > now() - {LOOKING} ORDER BY 1) AS looking,
       COALESCE((SELECT bool_or(part.status IN ('failed', 'undelivered')) FROM (
         SELECT status FROM reply_parts WHERE reply_parts.user_id = users.user_id
         ORDER BY sequence DESC LIMIT 3) AS part), false) AS failed
FROM unnest(%(user_ids)s::uuid[], %(ticket_ids)s::bigint[]) WITH ORDINALITY
  AS chosen (user_id, ticket_id, place)
CROSS JOIN (SELECT %(operator)s::uuid AS operator_id) AS mine
JOIN users ON users.user_id = chosen.user_id
LEFT JOIN users AS holder ON holder.user_id = users.owner_id
LEFT JOIN support_tickets AS ticket ON ticket.user_id = users.user_id
  AND CASE WHEN chosen.ticket_id IS NULL THEN ticket.status <> 'resolved'
           ELSE ticket.id = chosen.ticket_id END
LEFT JOIN users AS assignee ON assignee.user_id = ticket.assignee_id
LEFT JOIN userchats AS chat ON chat.customer_id = users.user_id AND chat.is_active
LEFT JOIN LATERAL (
  SELECT CASE WHEN messages -> -1 ->> 'role' <> 'system' THEN messages -> -1
         WHEN messages -> -2 ->> 'role' <> 'system' THEN messages -> -2
         ELSE messages -> -3 END AS turn, jsonb_array_length(messages) AS turns
  FROM (SELECT chat.messages) AS whole OFFSET 0
) AS last ON true
LEFT JOIN users AS author ON author.user_id = CASE
  WHEN last.turn ->> 'author' ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'
  THEN (last.turn ->> 'author')::uuid END
LEFT JOIN support_sessions AS session ON session.operator_id = mine.operator_id
  AND session.user_id = users.user_id
ORDER BY chosen.place
"""  # noqa: S608 (constants of ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A person in the inbox, and the last message of their active chat.

    Name, address, words, labels, subject and reason are what people wrote. Without an
    active chat `chat_id` is None, and nothing is told of messages. `unread` counts what
    the operator who asks has not seen; of the bot's chats only where they looked once.
    `looking` are the names of other operators who look at it now. `failed`: one of the
    last messages to the person was not delivered.
    """

    user_id: UUID
    full_name: str | None
    address: str | None
    owner: str
    owner_since: datetime | None
    owner_until: datetime | None
    owner_id: UUID | None
    owner_reason: str | None
    owner_name: str | None
    ticket_id: int | None
    subject: str | None
    status: str | None
    priority: str | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    labels: list[str]
    assignee_name: str | None
    chat_id: str | None
    last_at: datetime | None
    last_role: str | None
    last_words: str | None
    last_has_media: bool | None
    last_author: str | None
    unread: int
    looking: list[str]
    failed: bool
