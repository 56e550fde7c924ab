"""Vectors of what the business knows, for search by meaning."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import BIT

from db.models.base import metadata, time_column

embedding_models = Table(
    "embedding_models",
    metadata,
    Column("embedding_id", Text, primary_key=True, comment="The model's name."),
    Column("dimensions", Integer, nullable=False, comment="Numbers of a vector."),
    Column(
        "centre",
        LargeBinary,
        nullable=False,
        comment="The mean of vectors, from which signs are taken; as vectors are.",
    ),
    Column(
        "centred_over",
        Integer,
        nullable=False,
        comment="Of how many vectors it is the mean.",
    ),
    time_column("created_at", "When its first vector came."),
    CheckConstraint("dimensions > 0", name="embedding_models_dimensions_check"),
    comment="Models that made vectors: one, or two while a change is under way.",
)

chunk_vectors = Table(
    "chunk_vectors",
    metadata,
    Column(
        "embedding_id",
        Text,
        ForeignKey("embedding_models.embedding_id", ondelete="CASCADE"),
        primary_key=True,
        comment="The model that made it.",
    ),
    Column(
        "chunk_id",
        BigInteger,
        ForeignKey("document_chunks.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The chunk that it is of.",
    ),
    Column(
        "document_id",
        BigInteger,
        nullable=False,
        comment="The chunk's document, told once more: who may see it stands there.",
    ),
    Column(
        "signs",
        BIT(varying=True),
        nullable=False,
        comment="For each number a bit: whether it is above the model's centre.",
    ),
    Column(
        "vector",
        LargeBinary,
        nullable=False,
        comment="Of length 1: a half-precision float for each number, little-endian.",
    ),
    Index("idx_chunk_vectors_chunk_id", "chunk_id"),
    # A search reads this alone of all chunks, and the vectors of a few.
    Index(
        "idx_chunk_vectors_signs",
        "embedding_id",
        "document_id",
        "chunk_id",
        postgresql_include=["signs"],
    ),
    comment="What chunks mean, as models put it: found by signs, ranked by vectors.",
)
