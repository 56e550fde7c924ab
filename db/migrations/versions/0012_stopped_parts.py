"""failed_deliveries says of a part that STOP kept from being sent why it was not."""

from typing import Any

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
LOSES = None

# A part that is canceled and has no SID was never given to Twilio: only STOP does that.
STOPPED = """CASE WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
         THEN 'the user wrote STOP before it was sent'
         ELSE {meaning} END AS meaning"""
VIEW = """
CREATE OR REPLACE VIEW failed_deliveries AS
SELECT parts.part_id, parts.chat_id, parts.user_id, parts.address, users.full_name,
       parts.status, parts.error_code,
       {meaning},
       parts.attempts, parts.body, parts.created_at, parts.updated_at AS failed_at,
       parts.message_sid
FROM reply_parts AS parts JOIN users ON users.user_id = parts.user_id
WHERE is_failed(parts.status);
"""
MEANING = """CASE parts.error_code
         WHEN 21610 THEN 'the user opted out at Twilio'
         WHEN 63001 THEN 'Twilio''s channel is set up wrongly'
         WHEN 63003 THEN 'the address is not on WhatsApp'
         WHEN 63005 THEN 'WhatsApp refused the content'
         WHEN 63007 THEN 'TWILIO_WHATSAPP_NUMBER is not this account''s'
         WHEN 63014 THEN 'the user blocked the number'
         WHEN 63015 THEN 'the user has not joined the sandbox'
         WHEN 63016 THEN 'outside the service window of 24 hours'
         WHEN 63024 THEN 'the address is not on WhatsApp'
       END"""


def upgrade() -> None:
    _run(VIEW.format(meaning=STOPPED.format(meaning=MEANING)))
    _run(
        "COMMENT ON COLUMN failed_deliveries.meaning IS 'STOP, or what the commonest "
        "of these codes mean; NULL: look it up.'"
    )


def downgrade() -> None:
    _run(VIEW.format(meaning=f"{MEANING} AS meaning"))
    _run(
        "COMMENT ON COLUMN failed_deliveries.meaning IS 'What the commonest of these "
        "codes mean; NULL: look it up.'"
    )


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
