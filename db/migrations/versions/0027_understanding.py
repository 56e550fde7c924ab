"""Media, facts, preferences, feedback; names and addresses that people told us."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
LOSES = (
    "voice notes, pictures and files with what was heard and read in them, what users "
    "told of themselves, their preferences, and what was thought of answers"
)

SQL = Path(__file__).parents[2] / "sql"
NAMES = (
    "feedback", "user_preferences", "user_facts", "media_chunks", "media",
    "media_contents",
)  # fmt: skip
AS_BEFORE = """
DROP INDEX idx_reply_parts_media;
COMMENT ON COLUMN reply_parts.media IS
  'Array of URLs that Twilio loads pictures and files from, if any.';
COMMENT ON COLUMN users.email IS 'Who logs in does so with it; unique.';
COMMENT ON COLUMN users.full_name IS
  'The name the person chose in WhatsApp: untrusted.';
COMMENT ON COLUMN userchats.messages IS
  'The transcript, append-only, in order of arrival. Each element has role, content '
  'and timestamp; where known message_sid, media, beside (what Twilio told with the '
  'text, by Twilio''s names), reference_id, in_reply_to (the MessageSids it answers), '
  'notice_for (those it only says something about), command, opt_out_type, model, '
  'tokens_used, response_time (seconds), error, author (the user_id of the operator '
  'who wrote it, or person; none: nobody of ours did), hands_over (why it passed the '
  'chat on to a person).';
COMMENT ON COLUMN userchats.metadata IS 'Whatever else is known of the chat.';
"""
# What an answer stood on of the user's own has no place any more.
PASSAGES_AS_BEFORE = """
DELETE FROM answer_passages WHERE document_id IS NULL;
ALTER TABLE answer_passages ALTER COLUMN chunk_id SET NOT NULL,
  ALTER COLUMN document_id SET NOT NULL;
COMMENT ON COLUMN answer_passages.chunk_id IS 'The chunk, which may be gone by now.';
COMMENT ON COLUMN answer_passages.document_id IS
  'Its document, which may be gone by now.';
COMMENT ON COLUMN answer_sources.document_is IS
  'the same: as it was then; changed; or gone.';
COMMENT ON COLUMN masked.answer_sources.document_is IS
  'the same: as it was then; changed; or gone.';
"""
# What they told us is no log-in: whoever made it one logs in with it all the same.
TOLD = "UPDATE users SET email = NULL WHERE email_is_given AND role = 'user'"

# Who goes back has no such tasks.
DROP_JOBS = """
DELETE FROM procrastinate.procrastinate_jobs
WHERE queue_name = 'memory' OR task_name = 'find_due_memory'
"""


def upgrade() -> None:
    _run(_read("0027_understanding.sql"))
    _run(_read("0027_record_inbound.sql"))
    _run(_read("0027_views.sql"))


def downgrade() -> None:
    _run(_read("0026_record_inbound.sql"))
    _run(TOLD)
    for view in "media_overview", "fact_overview", "feedback_overview":
        _run(f"DROP VIEW masked.{view}; DROP VIEW {view}")
    _run(DROP_JOBS)
    for name in NAMES:
        op.drop_table(name)
    op.drop_column("first_start", "paused_at")
    op.drop_column("users", "name_is_given")
    op.drop_column("users", "email_is_given")
    op.drop_column("users", "company")
    op.drop_column("users", "facts_since")
    _run(AS_BEFORE)
    _run(PASSAGES_AS_BEFORE)
    for statement in _read("0025_sources_and_gaps.sql").split(";\n"):
        begin, found, rest = statement.partition("CREATE VIEW ")
        if found and rest.partition(" ")[0].endswith("answer_sources"):
            _run(f"{begin}CREATE OR REPLACE VIEW {rest}")


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
