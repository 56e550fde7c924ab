"""Views that queries read. sql/ and the migrations make them: their metadata is apart.

Only names and types stand here, for SQLAlchemy; a test holds them to the database.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    Interval,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

views = MetaData()

all_chats = Table(
    "all_chats",
    views,
    Column("chat_id", Text),
    Column("customer_id", Uuid),
    Column("is_active", Boolean),
    Column("messages", JSONB),
    Column("metadata", JSONB),
    Column("created_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
    Column("archived", Boolean),
)

chat_overview = Table(
    "chat_overview",
    views,
    Column("chat_id", Text),
    Column("customer_id", Uuid),
    Column("phone_number", Text),
    Column("full_name", Text),
    Column("is_active", Boolean),
    Column("messages", Integer),
    Column("first_message_at", DateTime(timezone=True)),
    Column("last_message_at", DateTime(timezone=True)),
    Column("last_message", Text),
    Column("unanswered", Boolean),
    Column("handoff", Boolean),
    Column("archived", Boolean),
    Column("owner", Text),
)

user_statistics = Table(
    "user_statistics",
    views,
    Column("user_id", Uuid),
    Column("phone_number", Text),
    Column("full_name", Text),
    Column("is_active", Boolean),
    Column("opted_out", Boolean),
    Column("chats", BigInteger),
    Column("messages", BigInteger),
    Column("from_user", Numeric),
    Column("answers", Numeric),
    Column("tokens_used", Numeric),
    Column("first_message_at", DateTime(timezone=True)),
    Column("last_message_at", DateTime(timezone=True)),
)

support_queue = Table(
    "support_queue",
    views,
    Column("customer_id", Uuid),
    Column("phone_number", Text),
    Column("full_name", Text),
    Column("owner", Text),
    Column("operator", Text),
    Column("waiting", Interval),
    Column("reason", Text),
    Column("last_words", Text),
    Column("ticket_id", BigInteger),
    Column("priority", Text),
    Column("chat_id", Text),
)

ticket_overview = Table(
    "ticket_overview",
    views,
    Column("ticket_id", BigInteger),
    Column("customer_id", Uuid),
    Column("phone_number", Text),
    Column("full_name", Text),
    Column("subject", Text),
    Column("status", Text),
    Column("priority", Text),
    Column("labels", ARRAY(Text)),
    Column("reason", Text),
    Column("assignee", Text),
    Column("owner", Text),
    Column("opened_at", DateTime(timezone=True)),
    Column("first_response_at", DateTime(timezone=True)),
    Column("resolved_at", DateTime(timezone=True)),
    Column("to_first_answer", Interval),
    Column("to_resolution", Interval),
    Column("snoozed_until", DateTime(timezone=True)),
    Column("chat_id", Text),
)
