"""What is sent where media can't be; and what chats and messages tell besides."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
LOSES = "the words that were to follow voice notes and files that can't be sent"

MESSAGES = (
    "The transcript, append-only, in order of arrival. Each element has role, content "
    "and timestamp; where known message_sid, media, beside (what Twilio told with the "
    "text, by Twilio's names), reference_id, in_reply_to (the MessageSids it answers), "
    "notice_for (those it only says something about), command, opt_out_type, model, "
    "tokens_used, response_time (seconds), error, author (the user_id of the operator "
    "who wrote it, or person; none: nobody of ours did), hands_over (why it passed the "
    "chat on to a person), asks (the question that the next message may answer in a "
    "word), limit (the setting for which there was no answer), covers_until (it sums "
    "up what was said up to that MessageSid), stretches (where each of its paragraphs "
    "ends), lead (what the user told of how to reach them){files}."
)
METADATA = (
    "What else is known of the chat: continues (the chat_id that it goes on from); "
    "once it went quiet tags, detected_intent, sentiment, language, resolved, {ruled}"
    "recap (text, and until which MessageSid); memory (how often the LLM was asked for "
    "these, and on which day)."
)
FILES = ", files (those of the business that went with it)"
RULED = "department and priority (where rules of the operator's say), "
# What is sent is what was said to people: no sample of it is kept.
ADD = """
ALTER TABLE reply_parts ADD COLUMN instead TEXT;
ALTER TABLE reply_parts ALTER COLUMN instead SET STATISTICS 0;
COMMENT ON COLUMN reply_parts.instead IS
  'The text that is sent once it is known that the media can''t be; empty: none, and '
  'the rest of the reply goes on.'
"""


def upgrade() -> None:
    op.execute(ADD)
    _tell(MESSAGES.format(files=FILES), METADATA.format(ruled=RULED))


def downgrade() -> None:
    _tell(MESSAGES.format(files=""), METADATA.format(ruled=""))
    op.drop_column("reply_parts", "instead")


def _tell(messages: str, metadata: str) -> None:
    for column, told in {"messages": messages, "metadata": metadata}.items():
        quoted = told.replace("'", "''")
        op.execute(f"COMMENT ON COLUMN userchats.{column} IS '{quoted}'")
