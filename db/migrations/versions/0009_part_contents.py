"""What a part says beside its text: media, a template, and who wrote it."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
LOSES = "media, templates and authors of parts"

COLUMNS = """
ALTER TABLE reply_parts
  ADD COLUMN media JSONB,
  ADD COLUMN template JSONB,
  ADD COLUMN author TEXT NOT NULL DEFAULT 'bot',
  ADD CONSTRAINT reply_parts_media_check CHECK (jsonb_typeof(media) = 'array'),
  ADD CONSTRAINT reply_parts_template_check CHECK (jsonb_typeof(template) = 'object');
COMMENT ON COLUMN reply_parts.body IS
  'The text as it is sent; of a template the text that it makes.';
COMMENT ON COLUMN reply_parts.media IS
  'Array of URLs that Twilio loads pictures and files from, if any.';
COMMENT ON COLUMN reply_parts.template IS
  'content_sid and variables of the template that is sent instead, if any.';
COMMENT ON COLUMN reply_parts.author IS 'Who wrote it: bot, if no person did.';
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    op.execute(
        "ALTER TABLE reply_parts DROP COLUMN author, DROP COLUMN template, "
        "DROP COLUMN media"
    )
    op.execute("COMMENT ON COLUMN reply_parts.body IS 'The text as it is sent.'")
