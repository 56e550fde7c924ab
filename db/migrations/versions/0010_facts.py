"""Facts that many statements ask for, each told once: as a function, or as a view.

What is answered, who has a chat, how far a part is, and whose an address is. The views
follow.
"""

import re
from pathlib import Path
from typing import Any

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
LOSES = None

OLDER_VIEWS = Path(__file__).parents[2] / "sql" / "0005_views.sql"

# Each is one expression, which PostgreSQL puts in the place of the call: they cost
# nothing beside what they say. The messages' functions leave alone what a person wrote
# by hand: a message_sid that is no text.
FACTS = r"""
CREATE FUNCTION asked_sids(messages jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN jsonb_path_query_array(messages,
  '$[*] ? (@.role == "user" && @.message_sid.type() == "string").message_sid');
COMMENT ON FUNCTION asked_sids(jsonb) IS
  'The MessageSids of the user''s messages in a transcript, as an array.';

CREATE FUNCTION settled_sids(messages jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN jsonb_path_query_array(messages, '$[*].in_reply_to[*]');
COMMENT ON FUNCTION settled_sids(jsonb) IS
  'The MessageSids that messages of a transcript name as answered, as an array.';

CREATE FUNCTION is_answered(messages jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN asked_sids(messages) <@ settled_sids(messages);
COMMENT ON FUNCTION is_answered(jsonb) IS
  'Whether each of the user''s messages in a transcript is settled: answered, or '
  'silently by a note of role system.';

CREATE FUNCTION unanswered_sids(messages jsonb) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT asked.sid
  FROM jsonb_array_elements_text(asked_sids(messages)) AS asked (sid)
  WHERE NOT settled_sids(messages) ? asked.sid;
END;
COMMENT ON FUNCTION unanswered_sids(jsonb) IS
  'The MessageSids of the user''s messages that nothing in the transcript settles.';

CREATE FUNCTION is_handed_off(metadata jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN COALESCE(metadata ->> 'handoff' = 'true', false);
COMMENT ON FUNCTION is_handed_off(jsonb) IS
  'Whether a person has taken a chat with this metadata over: the bot is silent in it.';

CREATE FUNCTION is_unsettled(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('pending', 'sending', 'uncertain');
COMMENT ON FUNCTION is_unsettled(text) IS
  'Whether a part with this delivery status is not known to have been sent.';

CREATE FUNCTION is_on_its_way(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('accepted', 'scheduled', 'queued', 'sent');
COMMENT ON FUNCTION is_on_its_way(text) IS
  'Whether Twilio or WhatsApp has a part with this delivery status, and the user not.';

CREATE FUNCTION is_failed(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('failed', 'undelivered', 'canceled');
COMMENT ON FUNCTION is_failed(text) IS
  'Whether a part with this delivery status will never reach the user.';

CREATE VIEW user_addresses AS
SELECT phone_number AS address, user_id, true AS is_number FROM users
UNION ALL
SELECT address, user_id, false FROM user_aliases;
COMMENT ON VIEW user_addresses IS
  'Whose an address is. A number that was handed on stands with two people: as '
  'phone_number of one, as an alias of the other.';
COMMENT ON COLUMN user_addresses.address IS 'A WhatsApp address, verbatim.';
COMMENT ON COLUMN user_addresses.user_id IS 'Whose it is.';
COMMENT ON COLUMN user_addresses.is_number IS
  'Whether it is the phone_number in users; else it stands in user_aliases.';
"""
VIEWS = r"""
CREATE OR REPLACE VIEW chat_overview AS
SELECT chats.chat_id, chats.customer_id, users.phone_number, users.full_name,
       chats.is_active,
       jsonb_array_length(chats.messages) AS messages,
       chats.created_at AS first_message_at,
       chats.updated_at AS last_message_at,
       chats.messages -> -1 ->> 'content' AS last_message,
       NOT is_answered(chats.messages) AND NOT chats.archived AS unanswered,
       is_handed_off(chats.metadata) AS handoff,
       chats.archived
FROM all_chats AS chats
JOIN users ON users.user_id = chats.customer_id;

CREATE OR REPLACE VIEW unanswered_messages AS
SELECT chats.chat_id, chats.customer_id, users.phone_number, users.full_name,
       said.number - 1 AS position,
       said.message ->> 'content' AS content,
       message_time(said.message ->> 'timestamp') AS sent_at,
       date_trunc('second', now() - message_time(said.message ->> 'timestamp'))
         AS waiting,
       said.message ->> 'message_sid' AS message_sid
FROM userchats AS chats
JOIN users ON users.user_id = chats.customer_id
CROSS JOIN LATERAL settled_sids(chats.messages) AS settled (sids)
CROSS JOIN LATERAL jsonb_array_elements(chats.messages)
  WITH ORDINALITY AS said (message, number)
WHERE NOT asked_sids(jsonb_build_array(said.message)) <@ settled.sids;

CREATE OR REPLACE VIEW failed_deliveries AS
SELECT parts.part_id, parts.chat_id, parts.user_id, parts.address, users.full_name,
       parts.status, parts.error_code,
       CASE parts.error_code
         WHEN 21610 THEN 'the user opted out at Twilio'
         WHEN 63001 THEN 'Twilio''s channel is set up wrongly'
         WHEN 63003 THEN 'the address is not on WhatsApp'
         WHEN 63005 THEN 'WhatsApp refused the content'
         WHEN 63007 THEN 'TWILIO_WHATSAPP_NUMBER is not this account''s'
         WHEN 63014 THEN 'the user blocked the number'
         WHEN 63015 THEN 'the user has not joined the sandbox'
         WHEN 63016 THEN 'outside the service window of 24 hours'
         WHEN 63024 THEN 'the address is not on WhatsApp'
       END AS meaning,
       parts.attempts, parts.body, parts.created_at, parts.updated_at AS failed_at,
       parts.message_sid
FROM reply_parts AS parts JOIN users ON users.user_id = parts.user_id
WHERE is_failed(parts.status);

CREATE OR REPLACE VIEW deliveries_by_day AS
SELECT created_at::date AS day, count(*) AS messages,
       count(*) FILTER (WHERE status = 'read') AS read,
       count(*) FILTER (WHERE status = 'delivered') AS delivered,
       count(*) FILTER (WHERE is_on_its_way(status)) AS on_the_way,
       count(*) FILTER (WHERE is_unsettled(status)) AS waiting,
       count(*) FILTER (WHERE is_failed(status)) AS failed
FROM reply_parts
GROUP BY 1;
"""
CHANGED = (
    "chat_overview",
    "unanswered_messages",
    "failed_deliveries",
    "deliveries_by_day",
)


def upgrade() -> None:
    _run(FACTS)
    _run(VIEWS)


def downgrade() -> None:
    older = OLDER_VIEWS.read_text(encoding="utf-8")
    for view in CHANGED:
        found = re.search(rf"CREATE (VIEW {view} AS.*?;)\n", older, re.DOTALL)
        assert found is not None, view  # noqa: S101  (a file of ours)
        _run(f"CREATE OR REPLACE {found[1]}")
    _run(
        "DROP VIEW user_addresses; "
        "DROP FUNCTION unanswered_sids(jsonb), is_answered(jsonb), "
        "settled_sids(jsonb), asked_sids(jsonb), is_handed_off(jsonb), "
        "is_unsettled(text), is_on_its_way(text), is_failed(text)"
    )


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
