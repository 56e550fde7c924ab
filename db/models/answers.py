"""What answers stood on, how they were made, and what could not be answered."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.base import id_column, metadata, time_column, user_column


def _chat_column() -> Column[str]:
    # No foreign key: a chat moves into the archive, and this stays with it there.
    return Column("chat_id", Text, nullable=False, comment="The chat, archived or not.")


knowledge_gaps = Table(
    "knowledge_gaps",
    metadata,
    id_column("The gap."),
    Column(
        "terms",
        Text,
        nullable=False,
        comment="What its questions share: stems, sorted; the key of their group.",
    ),
    Column(
        "answered_by",
        BigInteger,
        ForeignKey("documents.id", ondelete="SET NULL"),
        comment="The document that closed it, if one did.",
    ),
    time_column("created_at", "First asked."),
    UniqueConstraint("terms", name="knowledge_gaps_terms_key"),
    Index("idx_gaps_answered_by", "answered_by"),
    comment="What people asked and the business's knowledge does not tell, each with "
    "its like.",
)

gap_questions = Table(
    "gap_questions",
    metadata,
    Column(
        "reference_id",
        Uuid,
        primary_key=True,
        comment="The reply that said so: of its element in userchats.messages.",
    ),
    Column(
        "gap_id",
        BigInteger,
        ForeignKey("knowledge_gaps.id", ondelete="CASCADE"),
        nullable=False,
        comment="Its group.",
    ),
    user_column("user_id", "Who asked."),
    _chat_column(),
    Column("question", Text, nullable=False, comment="As it was asked."),
    time_column("asked_at", "When."),
    Index("idx_gap_questions_chat_id", "chat_id"),
    Index("idx_gap_questions_gap_id", "gap_id"),
    Index("idx_gap_questions_user_id", "user_id"),
    comment="Every time that a question met a gap.",
)

answer_passages = Table(
    "answer_passages",
    metadata,
    Column(
        "reference_id",
        Uuid,
        primary_key=True,
        comment="The reply: reference_id of its element in userchats.messages.",
    ),
    Column(
        "position",
        Integer,
        primary_key=True,
        comment="The number that the LLM knew it by, from 1.",
    ),
    user_column("user_id", "Who was answered."),
    _chat_column(),
    Column(
        "chunk_id",
        BigInteger,
        comment="The chunk, which may be gone by now; NULL: the user sent the file.",
    ),
    Column(
        "document_id",
        BigInteger,
        comment="Its document, which may be gone by now; NULL: the user sent the file.",
    ),
    Column("title", Text, nullable=False, comment="What the document was called."),
    Column("heading", Text, comment="As in document_chunks."),
    Column("page", Integer, comment="As in document_chunks."),
    Column("sha256", Text, comment="Of the document's version at that time."),
    Column("score", Numeric, comment="How well it fitted: 0 to 1."),
    Column(
        "is_cited",
        Boolean,
        nullable=False,
        comment="Whether the answer names it as its source.",
    ),
    Column("passage", Text, comment="What it said, if the answer names it."),
    time_column("answered_at", "When the reply was stored."),
    Index("idx_answer_passages_answered_at", "answered_at"),
    Index("idx_answer_passages_chat_id", "chat_id"),
    Index("idx_answer_passages_user_id", "user_id"),
    comment="What answers stood on, as it was then.",
)

prompts = Table(
    "prompts",
    metadata,
    Column(
        "prompt_hash",
        Text,
        primary_key=True,
        comment="Which one: the first 16 digits of its SHA-256.",
    ),
    Column(
        "text",
        Text,
        nullable=False,
        comment="The prompt, without the date and what is known of a user.",
    ),
    time_column("first_used_at", "When the first answer was made with it."),
    comment="System prompts that answers were made with, each version once: what is "
    "the same for everybody.",
)

answer_makings = Table(
    "answer_makings",
    metadata,
    Column(
        "reference_id",
        Uuid,
        primary_key=True,
        comment="The reply: reference_id of its element in userchats.messages.",
    ),
    user_column("user_id", "Who was answered."),
    _chat_column(),
    Column(
        "prompt_hash",
        Text,
        nullable=False,
        comment="The system prompt's version: its row of prompts, while that is kept.",
    ),
    Column(
        "model",
        Text,
        nullable=False,
        comment="The LLM, as its server calls it.",
    ),
    Column(
        "parameters",
        JSONB,
        nullable=False,
        comment="What was asked of it beside the prompt, by its server's names.",
    ),
    Column(
        "finish_reason",
        Text,
        comment="The server's word for why the answer ended: stop, length …",
    ),
    Column(
        "raw",
        Text,
        comment="What the LLM said, where something else was said: untrusted.",
    ),
    Column(
        "input_tokens",
        Integer,
        comment="What it read, over all its completions; NULL: not told.",
    ),
    Column(
        "output_tokens",
        Integer,
        comment="What it wrote; NULL: not told.",
    ),
    Column(
        "cached_tokens",
        Integer,
        comment="How many of those that it read its server had kept.",
    ),
    Column(
        "seconds",
        Numeric(10, 3),
        nullable=False,
        comment="How long the LLM took.",
    ),
    Column(
        "turns",
        Integer,
        nullable=False,
        comment="How many turns of the talk it saw.",
    ),
    Column(
        "shown_from",
        Text,
        comment="The MessageSid of the oldest of them.",
    ),
    Column(
        "beyond_turns",
        Integer,
        nullable=False,
        comment="How many older turns were left out as there are more than is set.",
    ),
    Column(
        "beyond_budget",
        Integer,
        nullable=False,
        comment="How many older turns were left out as the prompt's tokens "
        "were used up.",
    ),
    Column(
        "summed_until",
        Text,
        comment="The MessageSid up to which a summary told it what was said; "
        "NULL: none did.",
    ),
    Column(
        "talks",
        Integer,
        nullable=False,
        comment="Of how many earlier talks it was told.",
    ),
    Column(
        "fact_ids",
        ARRAY(BigInteger),
        nullable=False,
        comment="What it was told that the user told of themselves: "
        "user_facts, as far as they are kept.",
    ),
    Column(
        "pictures",
        Integer,
        nullable=False,
        comment="How many pictures it saw.",
    ),
    Column(
        "left_out",
        JSONB,
        nullable=False,
        comment="Passages that were found and for which there was no room: "
        "title, page, score, chunk_id.",
    ),
    Column(
        "is_missing",
        Boolean,
        nullable=False,
        comment="Whether it was told that knowledge does not tell the answer.",
    ),
    time_column("made_at", "When the reply was stored."),
    Index("idx_answer_makings_chat_id", "chat_id"),
    Index("idx_answer_makings_made_at", "made_at"),
    Index("idx_answer_makings_prompt_hash", "prompt_hash"),
    Index("idx_answer_makings_user_id", "user_id"),
    comment="How the LLM made answers: what it was asked with, what it saw, what it "
    "said.",
)
