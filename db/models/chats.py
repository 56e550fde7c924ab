"""Conversations: the hot ones, and the archive.

No index of userchats mentions `messages` or `updated_at`: an index on what every append
changes would end HOT updates of the hottest row.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.schema import SchemaItem

from db.models.base import VACUUMED_OFTEN, metadata, time_column, user_column

# Every append has each message looked at, so this is one path and no function. Strict:
# a message that is no object, or has no role, is an error, and the result then NULL.
ROLES_ARE_KNOWN = """(messages @? 'strict $[*].role ?
  ((@ == "user") is unknown || !(@ == "user" || @ == "assistant" || @ == "system"))'
) IS FALSE"""


def _chat_columns(*, active: str, comments: Mapping[str, str]) -> Iterator[SchemaItem]:
    """Yield what a hot chat and an archived one have, but for `search_tsv`."""
    yield Column("chat_id", Text, primary_key=True, comment=comments["chat_id"])
    yield user_column("customer_id", comments["customer_id"])
    yield Column(
        "is_active",
        Boolean,
        nullable=False,
        server_default=text(active),
        comment=comments["is_active"],
    )
    for name, empty in ("messages", "[]"), ("metadata", "{}"):
        yield Column(
            name,
            JSONB,
            nullable=False,
            server_default=text(f"'{empty}'::jsonb"),
            comment=comments[name],
        )
    yield time_column("created_at", "First message.")
    yield time_column("updated_at", comments["updated_at"])


def _chat_checks(table: str) -> Iterator[CheckConstraint]:
    """Yield what is true of every chat, hot or archived."""
    checks = {
        "chat_id": "chat_id ~ '^[0-9a-f]{16}$'",
        "messages": "jsonb_typeof(messages) = 'array'",
        "roles": ROLES_ARE_KNOWN,
        "metadata": "jsonb_typeof(metadata) = 'object'",
    }
    for name, condition in checks.items():
        yield CheckConstraint(condition, name=f"{table}_{name}_check")


userchats = Table(
    "userchats",
    metadata,
    *_chat_columns(
        active="true",
        comments={
            "chat_id": "16 hexadecimal characters.",
            "customer_id": "Whose chat it is.",
            "is_active": "At most one chat a user is active: it takes the next "
            "message.",
            "messages": "The transcript, append-only, in order of arrival. Each "
            "element has role, content and timestamp; where known message_sid, media, "
            "beside (what Twilio told with the text, by Twilio's names), reference_id, "
            "in_reply_to (the MessageSids it answers), notice_for (those it only says "
            "something about), command, opt_out_type, model, tokens_used, "
            "response_time (seconds), error, author (the user_id of the operator who "
            "wrote it, or person; none: nobody of ours did), hands_over (why it passed "
            "the chat on to a person), asks (the question that the next message may "
            "answer in a word), choices (what it offers to tap), limit (the setting "
            "for which there was no answer), covers_until (it sums up what was said "
            "up to that MessageSid), stretches (where each of its paragraphs ends), "
            "lead (what the user told of how to reach them), files (those of the "
            "business that went with it).",
            "metadata": "What else is known of the chat: continues (the chat_id that "
            "it goes on from); once it went quiet tags, detected_intent, sentiment, "
            "language, resolved, department and priority (where rules of the "
            "operator's say), recap (text, and until which MessageSid); memory (how "
            "often the LLM was asked for these, and on which day).",
            "updated_at": "Last message (set by a trigger).",
        },
    ),
    Column(
        "search_tsv",
        TSVECTOR,
        comment="The words of a closed chat, for search_messages(); NULL while the "
        "chat is active (set by a trigger).",
    ),
    *_chat_checks("userchats"),
    # It did something once; who writes it still is told what does it now, by the name.
    CheckConstraint(
        "NOT metadata ? 'handoff'", name="userchats_handoff_by_take_chat_check"
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
    Index(
        "idx_userchats_active_created",
        "created_at",
        "chat_id",
        postgresql_where=text("is_active"),
    ),
    # No fast update: it is quick until somebody, waiting for the answer to a webhook,
    # works off a whole list of pending entries.
    Index(
        "idx_userchats_search_tsv",
        "search_tsv",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
    comment="One row a conversation, with its transcript as a JSONB array.",
    postgresql_with={"fillfactor": 80, **VACUUMED_OFTEN},  # room for HOT updates
)

userchats_archive = Table(
    "userchats_archive",
    metadata,
    *_chat_columns(
        active="false",
        comments={
            "chat_id": "As it was in userchats.",
            "customer_id": "Whose chat it was.",
            "is_active": "Always false.",
            "messages": "The transcript, as in userchats.",
            "metadata": "As it was in userchats.",
            "updated_at": "Last message.",
        },
    ),
    time_column("archived_at", "When it was moved here."),
    Column(
        "search_tsv",
        TSVECTOR,
        comment="The words of the chat, for search_messages() (set by a trigger).",
    ),
    *_chat_checks("userchats_archive"),
    CheckConstraint("NOT is_active", name="userchats_archive_is_active_check"),
    Index("idx_userchats_archive_customer_id", "customer_id"),
    Index("idx_userchats_archive_created_at", "created_at"),
    Index("idx_userchats_archive_archived_at", "archived_at"),
    Index("idx_userchats_archive_search_tsv", "search_tsv", postgresql_using="gin"),
    comment="Closed chats that retention moved out of userchats: same columns, read by "
    "people only.",
)

chats_to_index = Table(
    "chats_to_index",
    metadata,
    Column(
        "table_name",
        Text,
        primary_key=True,
        comment="userchats, and when that is done userchats_archive.",
    ),
    Column(
        "after_chat_id",
        Text,
        nullable=False,
        server_default=text("''"),
        comment="The last chat that was looked at, in the order of chat_id.",
    ),
    CheckConstraint(
        "table_name IN ('userchats', 'userchats_archive')",
        name="chats_to_index_table_name_check",
    ),
    comment="Where closed chats are still to be indexed as search_messages() wants it "
    "now; retention does it, and no row is left.",
)

retention_places = Table(
    "retention_places",
    metadata,
    Column(
        "table_name", Text, primary_key=True, comment="userchats or userchats_archive."
    ),
    Column(
        "after_created_at",
        DateTime(timezone=True),
        nullable=False,
        comment="created_at of the last chat that was looked at.",
    ),
    Column(
        "after_chat_id",
        Text,
        nullable=False,
        comment="Its chat_id: chats are looked at in the order of both.",
    ),
    CheckConstraint(
        "table_name IN ('userchats', 'userchats_archive')",
        name="retention_places_table_name_check",
    ),
    comment="How far the hourly retention has looked through all chats for old system "
    "messages: the next run goes on there. No row: it begins anew.",
)
