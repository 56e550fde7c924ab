"""Answers of late can be counted, and a transcript's comment names all of a message."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
LOSES = None

MESSAGES = (
    "COMMENT ON COLUMN userchats.messages IS 'The transcript, append-only, in order of "
    "arrival. Each element has role, content and timestamp; where known message_sid, "
    "media, {beside}reference_id, in_reply_to (the MessageSids it answers), notice_for "
    "(those it only says something about), command, opt_out_type, model, tokens_used, "
    "response_time (seconds), error.'"
)


def upgrade() -> None:
    told = "beside (what Twilio told with the text, by Twilio''s names), "
    op.execute(MESSAGES.format(beside=told))
    op.execute(
        "CREATE INDEX idx_reply_parts_replies ON reply_parts (created_at) "
        "WHERE position = 0"
    )


def downgrade() -> None:
    op.execute("DROP INDEX idx_reply_parts_replies")
    op.execute(MESSAGES.format(beside=""))
