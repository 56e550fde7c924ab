"""Conversations: the hot ones, and the archive."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from db.models.base import metadata, time_column

ROLES_ARE_KNOWN = """(messages @? 'strict $[*].role ?
  ((@ == "user") is unknown || !(@ == "user" || @ == "assistant" || @ == "system"))'
) IS FALSE"""

userchats = Table(
    "userchats",
    metadata,
    Column("chat_id", Text, primary_key=True, comment="16 hexadecimal characters."),
    Column(
        "customer_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        nullable=False,
        comment="Whose chat it is.",
    ),
    Column(
        "is_active",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="At most one chat a user is active: it takes the next message.",
    ),
    Column(
        "messages",
        JSONB,
        nullable=False,
        server_default=text("'[]'::jsonb"),
        comment="The transcript, append-only, in order of arrival. Each element has "
        "role, content and timestamp; where known message_sid, media, reference_id, "
        "in_reply_to (the MessageSids it answers), notice_for (those it only says "
        "something about), command, opt_out_type, model, tokens_used, "
        "response_time (seconds), error.",
    ),
    Column(
        "metadata",
        JSONB,
        nullable=False,
        server_default=text("'{}'::jsonb"),
        comment="Whatever else is known of the chat.",
    ),
    time_column("created_at", "First message."),
    time_column("updated_at", "Last message (set by a trigger)."),
    Column(
        "search_tsv",
        TSVECTOR,
        comment="The words of a closed chat, for search_messages(); NULL while the "
        "chat is active (set by a trigger).",
    ),
    CheckConstraint("chat_id ~ '^[0-9a-f]{16}$'", name="userchats_chat_id_check"),
    CheckConstraint(
        "jsonb_typeof(messages) = 'array'", name="userchats_messages_check"
    ),
    CheckConstraint(ROLES_ARE_KNOWN, name="userchats_roles_check"),
    CheckConstraint(
        "jsonb_typeof(metadata) = 'object'", name="userchats_metadata_check"
    ),
    Index(
        "userchats_one_active_a_user",
        "customer_id",
        unique=True,
        postgresql_where=text("is_active"),
    ),
    Index("idx_userchats_customer_id", "customer_id"),
    Index("idx_userchats_is_active", "is_active"),
    Index("idx_userchats_created_at", "created_at"),
    Index("idx_userchats_search_tsv", "search_tsv", postgresql_using="gin"),
    comment="One row a conversation, with its transcript as a JSONB array.",
)

userchats_archive = Table(
    "userchats_archive",
    metadata,
    Column("chat_id", Text, primary_key=True, comment="As it was in userchats."),
    Column(
        "customer_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        nullable=False,
        comment="Whose chat it was.",
    ),
    Column(
        "is_active",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Always false.",
    ),
    Column(
        "messages",
        JSONB,
        nullable=False,
        server_default=text("'[]'::jsonb"),
        comment="The transcript, as in userchats.",
    ),
    Column(
        "metadata",
        JSONB,
        nullable=False,
        server_default=text("'{}'::jsonb"),
        comment="As it was in userchats.",
    ),
    time_column("created_at", "First message."),
    time_column("updated_at", "Last message."),
    time_column("archived_at", "When it was moved here."),
    Column(
        "search_tsv",
        TSVECTOR,
        comment="The words of the chat, for search_messages() (set by a trigger).",
    ),
    CheckConstraint(
        "chat_id ~ '^[0-9a-f]{16}$'", name="userchats_archive_chat_id_check"
    ),
    CheckConstraint("NOT is_active", name="userchats_archive_is_active_check"),
    CheckConstraint(
        "jsonb_typeof(messages) = 'array'", name="userchats_archive_messages_check"
    ),
    CheckConstraint(ROLES_ARE_KNOWN, name="userchats_archive_roles_check"),
    CheckConstraint(
        "jsonb_typeof(metadata) = 'object'", name="userchats_archive_metadata_check"
    ),
    Index("idx_userchats_archive_customer_id", "customer_id"),
    Index("idx_userchats_archive_created_at", "created_at"),
    Index("idx_userchats_archive_archived_at", "archived_at"),
    Index("idx_userchats_archive_search_tsv", "search_tsv", postgresql_using="gin"),
    comment="Closed chats that retention moved out of userchats: same columns, read by "
    "people only.",
)
