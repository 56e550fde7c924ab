"""People who log in, who has a chat, tickets, and the audit."""

import re
from pathlib import Path
from typing import Any

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
LOSES = (
    "people who only log in, log-ins and the audit, tickets and their notes, canned "
    "replies, and why, until when and by whom chats were taken over"
)

SQL = Path(__file__).parents[2] / "sql"
NAMES = (
    "audit_log", "login_attempts", "second_factors", "login_sessions", "invitations",
    "canned_replies", "support_alerts", "support_sessions", "support_messages",
    "support_tickets",
)  # fmt: skip
COLUMNS = (
    "role", "owner", "owner_since", "owner_until", "owner_warned_at", "taken_at",
    "owner_id", "owner_reason", "owner_version", "alerts_muted_until",
)  # fmt: skip
# As migration 0010 had it.
HANDED_OFF = """
CREATE FUNCTION is_handed_off(metadata jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN COALESCE(metadata ->> 'handoff' = 'true', false);
COMMENT ON FUNCTION is_handed_off(jsonb) IS
  'Whether a person has taken a chat with this metadata over: the bot is silent in it.';
"""
MASKED = """
CREATE OR REPLACE VIEW masked.chat_overview AS
SELECT chat_id, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, is_active, messages,
       first_message_at, last_message_at, last_message, unanswered, handoff, archived,
       owner
FROM chat_overview;
COMMENT ON COLUMN masked.chat_overview.handoff IS
  'Whether the bot is silent in it: it waits for a person, or one has it.';
COMMENT ON COLUMN masked.chat_overview.owner IS
  'Who has its user''s chats: bot, queue or human.';
"""
# What is canceled and has no SID was never given to Twilio.
TAKEN = """WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
           AND parts.author = 'bot' AND parts.created_at < users.taken_at
         THEN 'a person took the chat over before it was sent'
         """
FAILED = """
CREATE OR REPLACE VIEW failed_deliveries AS
SELECT parts.part_id, parts.chat_id, parts.user_id, parts.address, users.full_name,
       parts.status, parts.error_code,
       CASE {taken}WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
         THEN 'the user wrote STOP before it was sent'
         ELSE CASE parts.error_code
         WHEN 21610 THEN 'the user opted out at Twilio'
         WHEN 63001 THEN 'Twilio''s channel is set up wrongly'
         WHEN 63003 THEN 'the address is not on WhatsApp'
         WHEN 63005 THEN 'WhatsApp refused the content'
         WHEN 63007 THEN 'TWILIO_WHATSAPP_NUMBER is not this account''s'
         WHEN 63014 THEN 'the user blocked the number'
         WHEN 63015 THEN 'the user has not joined the sandbox'
         WHEN 63016 THEN 'outside the service window of 24 hours'
         WHEN 63024 THEN 'the address is not on WhatsApp'
       END END AS meaning,
       parts.attempts, parts.body, parts.created_at, parts.updated_at AS failed_at,
       parts.message_sid
FROM reply_parts AS parts JOIN users ON users.user_id = parts.user_id
WHERE is_failed(parts.status);
COMMENT ON COLUMN failed_deliveries.meaning IS
  '{told}, or what the commonest of these codes mean; NULL: look it up.';
"""
# As migration 0010 had it; the comments follow from 0005.
OLDER_VIEW = """
CREATE VIEW chat_overview AS
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
CREATE VIEW masked.chat_overview AS
SELECT chat_id, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, is_active, messages,
       first_message_at, last_message_at, last_message, unanswered, handoff, archived
FROM chat_overview;
COMMENT ON VIEW masked.chat_overview IS
  'One row a chat, archived ones too. Addresses masked, names shortened.';
"""
COMMENTS_AGAIN = """
DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT attname, col_description(attrelid, attnum) AS comment FROM pg_attribute
    WHERE attrelid = 'public.chat_overview'::regclass AND attnum > 0
  LOOP
    EXECUTE format('COMMENT ON COLUMN masked.chat_overview.%I IS %L',
                   told.attname, told.comment);
  END LOOP;
END $$;
"""
FUNCTIONS = (
    "resolve_ticket(bigint, uuid)", "give_chat(text)", "take_chat(text)",
    "change_owner(uuid, text, uuid, text, interval, text)", "customer_wrote(uuid)",
    "call_operators(uuid)", "open_ticket(uuid, text, text)",
    "note_event(bigint, uuid, text, jsonb)", "drop_old_audit(bigint[])",
)  # fmt: skip
PEOPLE_OF_BEFORE = """
ALTER TABLE userchats DROP CONSTRAINT userchats_handoff_by_take_chat_check;
ALTER TABLE userchats DISABLE TRIGGER USER;
UPDATE userchats SET metadata = metadata || '{"handoff": true}'
FROM users WHERE user_id = customer_id AND owner <> 'bot' AND userchats.is_active;
ALTER TABLE userchats ENABLE TRIGGER USER;
DELETE FROM procrastinate.procrastinate_jobs
WHERE queue_name = 'alerts' OR task_name = 'end_takeovers';
DELETE FROM users WHERE phone_number IS NULL;
ALTER TABLE users DROP CONSTRAINT users_is_somebody_check;
ALTER TABLE users ALTER COLUMN phone_number SET NOT NULL;
COMMENT ON COLUMN userchats.messages IS
  'The transcript, append-only, in order of arrival. Each element has role, content '
  'and timestamp; where known message_sid, media, beside (what Twilio told with the '
  'text, by Twilio''s names), reference_id, in_reply_to (the MessageSids it answers), '
  'notice_for (those it only says something about), command, opt_out_type, model, '
  'tokens_used, response_time (seconds), error.';
COMMENT ON TABLE users IS 'One row a person who wrote to the number.';
COMMENT ON COLUMN users.email IS 'Optional; unique where known.';
COMMENT ON COLUMN users.phone_number IS
  'The WhatsApp address verbatim, such as whatsapp:+1234567890; people with a username '
  'have whatsapp:CC.id instead of a number.';
COMMENT ON COLUMN users.is_active IS 'False: messages are stored, but not answered.';
COMMENT ON COLUMN users.created_at IS 'First message.';
COMMENT ON COLUMN reply_parts.author IS 'Who wrote it: bot, if no person did.';
CREATE OR REPLACE VIEW user_addresses AS
SELECT phone_number AS address, user_id, true AS is_number FROM users
UNION ALL
SELECT address, user_id, false FROM user_aliases;
"""


def upgrade() -> None:
    _run(_read("0026_handoff.sql"))
    _run(MASKED)
    _run(_read("0026_record_inbound.sql"))
    _run("DROP FUNCTION is_handed_off(jsonb)")
    _run(FAILED.format(taken=TAKEN, told="STOP, a takeover"))
    _run(_read("0026_views.sql"))


def downgrade() -> None:
    _run(FAILED.format(taken="", told="STOP"))
    _run(HANDED_OFF)
    older = _read("0021_record_inbound.sql")
    _run(older.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    for view in "support_queue", "ticket_overview", "chat_overview":
        _run(f"DROP VIEW masked.{view}; DROP VIEW {view}")
    _run(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    _run(PEOPLE_OF_BEFORE)
    _run(OLDER_VIEW)
    about = r"COMMENT ON (?:VIEW|COLUMN) chat_overview\b.*?;\n"
    for comment in re.findall(about, _read("0005_views.sql"), re.DOTALL):
        _run(comment)
    _run(COMMENTS_AGAIN)
    for name in NAMES:
        op.drop_table(name)
    for name in COLUMNS:
        op.drop_column("users", name)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
