"""What chunks are found by: their terms, as BM25 counts them."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from db.models.base import VACUUMED_OFTEN, metadata

document_lengths = Table(
    "document_lengths",
    metadata,
    Column(
        "document_id",
        BigInteger,
        ForeignKey("documents.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The document.",
    ),
    Column(
        "language",
        Text,
        nullable=False,
        comment="ISO 639-1 code that its terms stand under; und where none is known.",
    ),
    Column(
        "dictionary",
        Text,
        nullable=False,
        comment="The text search dictionary that made its terms: questions take the "
        "same way.",
    ),
    Column("chunks", Integer, nullable=False, comment="How many chunks it has."),
    Column(
        "words",
        Integer,
        nullable=False,
        comment="How many words its chunks have together.",
    ),
    comment="How much each document says, in which language: what BM25 compares chunks "
    "with.",
)

chunk_terms = Table(
    "chunk_terms",
    metadata,
    Column("language", Text, nullable=False, comment="As in document_lengths."),
    Column(
        "term",
        Text,
        nullable=False,
        comment="A word's stem, or a pair of characters where words have no spaces "
        "between them.",
    ),
    Column("document_id", BigInteger, nullable=False, comment="The chunk's document."),
    Column(
        "chunk_index",
        Integer,
        nullable=False,
        comment="The chunk, as its document counts them.",
    ),
    Column(
        "frequency", SmallInteger, nullable=False, comment="How often it stands there."
    ),
    Column(
        "length",
        SmallInteger,
        nullable=False,
        comment="How many words the whole chunk has.",
    ),
    PrimaryKeyConstraint(
        "language",
        "term",
        "document_id",
        "chunk_index",
        postgresql_include=["frequency", "length"],
    ),
    ForeignKeyConstraint(
        ["document_id", "chunk_index"],
        ["document_chunks.document_id", "document_chunks.chunk_index"],
        ondelete="CASCADE",
    ),
    Index("idx_chunk_terms_chunk", "document_id", "chunk_index"),
    postgresql_with={**VACUUMED_OFTEN, "autovacuum_vacuum_insert_scale_factor": "0.05"},
    comment="Which term stands in which chunk: what a search reads, from the index "
    "alone.",
)
