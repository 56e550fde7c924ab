"""What the business knows: documents, their chunks, and products."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.base import id_column, metadata, time_column


def _facts_column(name: str, comment: str) -> Column[Any]:
    none = text("'{}'::jsonb")
    return Column(name, JSONB, nullable=False, server_default=none, comment=comment)


def _document_column(*, primary_key: bool = False) -> Column[int]:
    return Column(
        "document_id",
        BigInteger,
        ForeignKey("documents.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        comment="The document.",
    )


documents = Table(
    "documents",
    metadata,
    id_column("What chunks and answers name it by."),
    Column("title", Text, nullable=False, comment="What a source is called."),
    Column("description", Text, comment="A word on it, for people."),
    Column(
        "file_path",
        Text,
        comment="Where the file was when it was added; of one that came over WhatsApp "
        "its name there.",
    ),
    Column("url", Text, comment="The page that it was fetched from, if it was."),
    Column(
        "file_type",
        Text,
        nullable=False,
        comment="pdf, docx, xlsx, csv, html, markdown, text; products of a catalogue; "
        "answer of one that a person wrote to a gap.",
    ),
    Column("file_size", BigInteger, comment="In bytes."),
    Column(
        "sha256",
        Text,
        comment="Of the version that is served, in hexadecimal; NULL: none is yet.",
    ),
    Column(
        "language",
        Text,
        comment="ISO 639-1 code of what it is written in, as far as it is known.",
    ),
    Column(
        "is_processed",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="False: a version of it waits to be taken in; the one before it serves "
        "until then.",
    ),
    _facts_column(
        "told",
        "What was said of it when it was added, which wins over what it says itself: "
        "title, language, content_type.",
    ),
    Column("error", Text, comment="Why the last version could not be taken in, if so."),
    Column(
        "is_demo",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Of the demo business: goes with the first document of one's own.",
    ),
    Column(
        "user_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        comment="Whose it is alone; NULL: everybody's.",
    ),
    time_column("created_at", "When it was added."),
    time_column("updated_at", "Last change of this row (set by a trigger)."),
    Index("idx_documents_user_id", "user_id"),
    Index("idx_documents_is_processed", "is_processed"),
    Index(
        "idx_documents_file_path",
        "file_path",
        "user_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=column("file_path").is_not(None),
    ),
    Index(
        "idx_documents_url",
        "url",
        "user_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=column("url").is_not(None),
    ),
    comment="What the bot answers from: one row a file, page, catalogue or answer.",
)

document_uploads = Table(
    "document_uploads",
    metadata,
    _document_column(primary_key=True),
    Column("sha256", Text, nullable=False, comment="Of the content, in hexadecimal."),
    Column("content", LargeBinary, nullable=False, comment="The file's bytes."),
    time_column("uploaded_at", "When it came."),
    comment="Versions of documents that wait to be taken in; each goes once it was.",
)

document_chunks = Table(
    "document_chunks",
    metadata,
    id_column("What an answer's passages name it by; never given twice."),
    _document_column(),
    Column("chunk_index", Integer, nullable=False, comment="0 for the first."),
    Column("chunk_text", Text, nullable=False, comment="What it says."),
    Column(
        "heading",
        Text,
        comment="The headings above it, from the outermost: Terms > Returns.",
    ),
    Column("page", Integer, comment="The page it begins on, from 1; of a PDF."),
    Column(
        "embedding_id",
        Text,
        comment="The model that made its vector; NULL: it has none yet.",
    ),
    _facts_column(
        "metadata", "Whatever else is known of it, such as the sku of a product."
    ),
    time_column("created_at", "When it was taken in."),
    UniqueConstraint(
        "document_id", "chunk_index", name="document_chunks_chunk_index_key"
    ),
    CheckConstraint(
        "jsonb_typeof(metadata) = 'object'", name="document_chunks_metadata_check"
    ),
    Index("idx_chunks_document_id", "document_id"),
    Index("idx_chunks_embedding_id", "embedding_id"),
    Index("idx_chunks_metadata", "metadata", postgresql_using="gin"),
    comment="Pieces of documents, each to be understood alone: what is searched, and "
    "given to the LLM.",
)

products = Table(
    "products",
    metadata,
    id_column("The product."),
    Column("sku", Text, nullable=False, comment="The business's own id of it."),
    Column("name", Text, nullable=False, comment="What it is called."),
    Column("description", Text, comment="What is said of it."),
    Column("price", Numeric, comment="In whole units of the currency, exactly."),
    Column("currency", Text, comment="ISO 4217, such as EUR."),
    Column("url", Text, comment="Its page, for people."),
    Column("image_url", Text, comment="Its picture, which Twilio loads."),
    Column("in_stock", Boolean, comment="NULL: not told."),
    _facts_column("attributes", "What else its list told, by the list's own names."),
    _document_column(),
    Column(
        "chunk_id",
        BigInteger,
        ForeignKey("document_chunks.id", ondelete="SET NULL"),
        comment="What it is found by.",
    ),
    time_column("created_at", "When it was first imported."),
    time_column("updated_at", "Last change of this row (set by a trigger)."),
    UniqueConstraint("sku", name="products_sku_key"),
    CheckConstraint("price >= 0", name="products_price_check"),
    CheckConstraint("currency ~ '^[A-Z]{3}$'", name="products_currency_check"),
    CheckConstraint(
        "jsonb_typeof(attributes) = 'object'", name="products_attributes_check"
    ),
    Index("idx_products_document_id", "document_id"),
    Index("idx_products_chunk_id", "chunk_id"),
    Index("idx_products_price", "price"),
    comment="What the business sells, with prices as numbers.",
)
