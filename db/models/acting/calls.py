"""The ledger of what the LLM asked of tools."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    column,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.base import metadata, time_column, user_column
from db.records.calls import CALL_STATES

tool_calls = Table(
    "tool_calls",
    metadata,
    Column(
        "call_id",
        Uuid,
        primary_key=True,
        comment="Which one; the key that tools get, so that a repeat changes nothing.",
    ),
    user_column("user_id", "Whom it was asked for."),
    Column(
        "chat_id",
        Text,
        nullable=False,
        comment="In which chat, which may be archived by now.",
    ),
    Column(
        "message_sid",
        Text,
        nullable=False,
        comment="The first of the messages that it was asked for.",
    ),
    Column(
        "position",
        Integer,
        nullable=False,
        comment="Its place among their calls, from 0.",
    ),
    Column("tool", Text, nullable=False, comment="The tool's name."),
    Column(
        "arguments",
        JSONB,
        nullable=False,
        comment="What the LLM asked it for: untrusted.",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        comment="waiting: somebody has to allow it; intent: it may be under way; done,"
        " failed: it is over; unknown: whether it took effect, nobody knows; refused:"
        " it was never begun.",
    ),
    Column("result", Text, comment="What the LLM was told of it: untrusted."),
    Column("error", Text, comment="Why not, for operators."),
    Column(
        "reference_id",
        Uuid,
        comment="The answer that was made with it; NULL: none yet.",
    ),
    Column(
        "approved_by",
        Text,
        comment="Who allowed it: customer, or an operator's user_id; NULL: nobody had"
        " to, or nobody did.",
    ),
    time_column("created_at", "When it was asked for."),
    time_column("started_at", "When it was begun last.", default=False),
    time_column("ended_at", "When its state became final.", default=False),
    time_column(
        "person_called_at",
        "When a person was called for it because no answer told it; NULL: none was.",
        default=False,
    ),
    CheckConstraint(column("state").in_(CALL_STATES), name="tool_calls_state_check"),
    CheckConstraint(
        "jsonb_typeof(arguments) = 'object'", name="tool_calls_arguments_check"
    ),
    UniqueConstraint(
        "message_sid", "position", name="tool_calls_message_sid_position_key"
    ),
    Index("idx_tool_calls_user_id", "user_id", "created_at"),
    Index("idx_tool_calls_chat_id", "chat_id"),
    Index("idx_tool_calls_reference_id", "reference_id"),
    Index(
        "idx_tool_calls_open",
        "created_at",
        postgresql_where=column("state").in_(("waiting", "intent", "unknown")),
    ),
    comment="Each asking of the LLM for a tool, written before it takes effect.",
)
