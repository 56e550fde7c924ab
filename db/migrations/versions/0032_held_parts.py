"""Parts that wait for their user to write: held, and told of by a template."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
LOSES = "which messages wait for their users to write: they count as failed"

SQL = Path(__file__).parents[2] / "sql"
FAILED = """
CREATE OR REPLACE VIEW failed_deliveries AS
SELECT parts.part_id, parts.chat_id, parts.user_id, parts.address, users.full_name,
       parts.status, parts.error_code,
       CASE {held}WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
           AND parts.author = 'bot' AND parts.created_at < users.taken_at
         THEN 'a person took the chat over before it was sent'
         WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
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
{codes}       END END AS meaning,
       parts.attempts, parts.body, parts.created_at, parts.updated_at AS failed_at,
       parts.message_sid
FROM reply_parts AS parts JOIN users ON users.user_id = parts.user_id
WHERE is_failed(parts.status);
"""
# What is canceled and has no SID was never given to Twilio.
HELD = """WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
           AND parts.author = 'fallback'
         THEN 'nothing waited for the user any more'
         """
CODES = """         WHEN 63018 THEN 'more than the number may send'
         WHEN 63040 THEN 'WhatsApp rejected the template'
         WHEN 63041 THEN 'WhatsApp paused the template'
         WHEN 63042 THEN 'WhatsApp disabled the template'
         WHEN 63049 THEN 'WhatsApp chose not to deliver it'
"""
AS_BEFORE = """
DROP VIEW masked.held_messages;
DROP VIEW held_messages;
UPDATE reply_parts SET status = 'failed', error_code = 63016 WHERE status = 'held';
UPDATE reply_parts SET author = 'bot' WHERE author = 'fallback';
DROP INDEX idx_reply_parts_held;
ALTER TABLE reply_parts DROP CONSTRAINT reply_parts_status_check,
  DROP CONSTRAINT reply_parts_held_check, DROP COLUMN heard_at, DROP COLUMN held_at;
ALTER TABLE reply_parts ADD CONSTRAINT reply_parts_status_check CHECK (
  status IN ('pending', 'sending', 'uncertain', 'accepted', 'scheduled', 'queued',
             'sent', 'delivered', 'read', 'failed', 'undelivered', 'canceled'));
COMMENT ON COLUMN reply_parts.status IS
  'pending, sending, uncertain (a send without an answer), then as Twilio says: '
  'accepted, scheduled, queued, sent, delivered, read, failed, undelivered, canceled.';
COMMENT ON COLUMN reply_parts.author IS
  'Who wrote it: bot; relay: what operators are told of customers; else the user_id of '
  'the operator who did, or person.';
CREATE OR REPLACE FUNCTION is_unsettled(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('pending', 'sending', 'uncertain');
"""


def upgrade() -> None:
    _run(_read("0032_held_parts.sql"))
    _run(FAILED.format(held=HELD, codes=CODES))


def downgrade() -> None:
    _run(FAILED.format(held="", codes=""))
    _run(AS_BEFORE)
    begin = "CREATE FUNCTION change_owner("
    _, _, rest = _read("0026_handoff.sql").partition(begin)
    body, _, _ = rest.partition("COMMENT ON FUNCTION change_owner")
    _run(begin.replace("CREATE", "CREATE OR REPLACE") + body)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
