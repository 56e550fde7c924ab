"""The ledger of calls of tools."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
# What turns may have besides.
COMMENT_ON_MESSAGES = """
COMMENT ON COLUMN userchats.messages IS
  'The transcript, append-only, in order of arrival. Each element has role, content '
  'and timestamp; where known message_sid, media, beside (what Twilio told with the '
  'text, by Twilio''s names), reference_id, in_reply_to (the MessageSids it answers), '
  'notice_for (those it only says something about), command, opt_out_type, model, '
  'tokens_used, response_time (seconds), error, author (the user_id of the operator '
  'who wrote it, or person; none: nobody of ours did), hands_over (why it passed the '
  'chat on to a person), asks (the question that the next message may answer in a '
  'word), {choices}limit (the setting for which there was no answer), covers_until (it '
  'sums up what was said up to that MessageSid), stretches (where each of its '
  'paragraphs ends), lead (what the user told of how to reach them).'
"""
CHOICES = "choices (what it offers to tap), "
LOSES = "which tools were called for whom, with what, and what came of it"


def upgrade() -> None:
    op.execute(COMMENT_ON_MESSAGES.format(choices=CHOICES))
    op.create_table(
        "tool_calls",
        sa.Column(
            "call_id",
            sa.Uuid(),
            nullable=False,
            comment="Which one; the key that tools get, so that a repeat "
            "changes nothing.",
        ),
        sa.Column(
            "user_id", sa.Uuid(), nullable=False, comment="Whom it was asked for."
        ),
        sa.Column(
            "chat_id",
            sa.Text(),
            nullable=False,
            comment="In which chat, which may be archived by now.",
        ),
        sa.Column(
            "message_sid",
            sa.Text(),
            nullable=False,
            comment="The first of the messages that it was asked for.",
        ),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=False,
            comment="Its place among their calls, from 0.",
        ),
        sa.Column("tool", sa.Text(), nullable=False, comment="The tool's name."),
        sa.Column(
            "arguments",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What the LLM asked it for: untrusted.",
        ),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="waiting: somebody has to allow it; intent: it may be "
            "under way; done, failed: it is over; unknown: whether "
            "it took effect, nobody knows; refused: it was never "
            "begun.",
        ),
        sa.Column(
            "result",
            sa.Text(),
            nullable=True,
            comment="What the LLM was told of it: untrusted.",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="Why not, for operators."),
        sa.Column(
            "reference_id",
            sa.Uuid(),
            nullable=True,
            comment="The answer that was made with it; NULL: none yet.",
        ),
        sa.Column(
            "approved_by",
            sa.Text(),
            nullable=True,
            comment="Who allowed it: customer, or an operator's user_id; "
            "NULL: nobody had to, or nobody did.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was asked for.",
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was begun last.",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its state became final.",
        ),
        sa.CheckConstraint(
            "jsonb_typeof(arguments) = 'object'", name="tool_calls_arguments_check"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'intent', 'done', 'failed', 'unknown', 'refused')",
            name="tool_calls_state_check",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("tool_calls_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("tool_calls_pkey")),
        sa.UniqueConstraint(
            "message_sid", "position", name="tool_calls_message_sid_position_key"
        ),
        comment="Each asking of the LLM for a tool, written before it takes effect.",
    )
    op.create_index("idx_tool_calls_chat_id", "tool_calls", ["chat_id"], unique=False)
    op.create_index(
        "idx_tool_calls_open",
        "tool_calls",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'intent', 'unknown')"),
    )
    op.create_index(
        "idx_tool_calls_reference_id", "tool_calls", ["reference_id"], unique=False
    )
    op.create_index(
        "idx_tool_calls_user_id", "tool_calls", ["user_id", "created_at"], unique=False
    )


def downgrade() -> None:
    op.execute(COMMENT_ON_MESSAGES.format(choices=""))
    op.drop_index("idx_tool_calls_user_id", table_name="tool_calls")
    op.drop_index("idx_tool_calls_reference_id", table_name="tool_calls")
    op.drop_index(
        "idx_tool_calls_open",
        table_name="tool_calls",
        postgresql_where=sa.text("state IN ('waiting', 'intent', 'unknown')"),
    )
    op.drop_index("idx_tool_calls_chat_id", table_name="tool_calls")
    op.drop_table("tool_calls")
