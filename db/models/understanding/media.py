"""Voice notes, pictures and files: what came, what it says, and its bytes."""

from sqlalchemy import (
    BigInteger,
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
    column,
    text,
)

from db.models.base import id_column, metadata, time_column, user_column
from db.records.media import MEDIA_STATES

media_contents = Table(
    "media_contents",
    metadata,
    Column(
        "sha256",
        LargeBinary,
        primary_key=True,
        comment="Of the bytes: what came twice is kept once.",
    ),
    Column("media_type", Text, nullable=False, comment="What the bytes are."),
    Column("size", BigInteger, nullable=False, comment="How many bytes."),
    Column(
        "content",
        LargeBinary,
        comment="The bytes; NULL: a file of MEDIA_STORE has them, by its sha256.",
    ),
    time_column("created_at", "When it came last."),
    CheckConstraint("octet_length(sha256) = 32", name="media_contents_sha256_check"),
    Index("idx_media_contents_created_at", "created_at"),
    comment="The bytes of what people send and are sent; gone with the last that names "
    "them.",
)

media = Table(
    "media",
    metadata,
    id_column("Which one."),
    user_column("user_id", "Who sent it."),
    Column("message_sid", Text, nullable=False, comment="The message that brought it."),
    Column(
        "position",
        Integer,
        nullable=False,
        comment="Which of the message's media, from 0.",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        comment="fetched: the bytes are here; read: text is what they say, so far as "
        "they say anything; unreadable: they can't be had or read, error is why.",
    ),
    Column(
        "media_type",
        Text,
        nullable=False,
        comment="By its bytes; as Twilio tells, until these are here.",
    ),
    Column("file_name", Text, comment="The name it was sent under: untrusted."),
    Column("size", BigInteger, comment="How many bytes."),
    Column("seconds", Numeric(10, 3), comment="How long a voice note is."),
    Column("pages", Integer, comment="How many pages a document has."),
    Column(
        "sha256",
        LargeBinary,
        ForeignKey("media_contents.sha256", ondelete="SET NULL"),
        comment="Its bytes; NULL: they are not here.",
    ),
    Column(
        "text",
        Text,
        comment="What was heard or read: untrusted. NULL: nothing was; a document's "
        "stands in media_chunks.",
    ),
    Column("text_by", Text, comment="Which model or reader made the text."),
    Column("language", Text, comment="The language that was heard, if it was told."),
    Column(
        "cost_micros",
        BigInteger,
        comment="What the text cost, in millionths of a currency; NULL: not known.",
    ),
    Column("error", Text, comment="Why it can't be read, for operators."),
    time_column("created_at", "When it was fetched first."),
    time_column("read_at", "When it was read.", default=False),
    CheckConstraint(column("state").in_(MEDIA_STATES), name="media_state_check"),
    UniqueConstraint("message_sid", "position", name="media_message_sid_position_key"),
    Index("idx_media_user_id", "user_id"),
    Index("idx_media_sha256", "sha256"),
    Index("idx_media_created_at", "created_at"),
    comment="One row for each thing that a message brought beside its text.",
)

media_chunks = Table(
    "media_chunks",
    metadata,
    Column(
        "media_id",
        BigInteger,
        ForeignKey("media.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The document.",
    ),
    Column("position", Integer, primary_key=True, comment="In its order, from 0."),
    Column(
        "heading",
        Text,
        nullable=False,
        server_default=text("''"),
        comment="The headings that it stands under.",
    ),
    Column("page", Integer, comment="The page; NULL: it has none."),
    Column("text", Text, nullable=False, comment="What it says: untrusted."),
    comment="Pieces of a person's own document: only they are answered from it.",
)
