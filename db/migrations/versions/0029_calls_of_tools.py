"""The ledger of calls of tools."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0029"
down_revision = "0028"
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
  'paragraphs ends), lead (what the user told of how to reach them), files (those of '
  'the business that went with it).'
"""
CHOICES = "choices (what it offers to tap), "
LOSES = "which tools were called for whom, with what, and what came of it"

SQL = Path(__file__).parents[2] / "sql"
# Who goes back has no such tasks.
DROP_JOBS = """
DELETE FROM procrastinate.procrastinate_jobs
WHERE task_name IN ('sweep_calls', 'carry_out_call')
"""


def upgrade() -> None:
    op.execute(COMMENT_ON_MESSAGES.format(choices=CHOICES))
    _run((SQL / "0029_calls_of_tools.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute(COMMENT_ON_MESSAGES.format(choices=""))
    _run("DROP VIEW masked.tool_call_overview; DROP VIEW tool_call_overview")
    _run(DROP_JOBS)
    op.drop_table("tool_calls")


def _run(script: str) -> None:
    # The driver's own call: the script has colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
