"""What answers stood on, and what nothing could be answered from."""

from sqlalchemy import (
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
