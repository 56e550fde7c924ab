"""Tickets: cases that people of ours work on, and who looks at what."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.schema import SchemaItem

from db.models.base import id_column, metadata, time_column, user_column
from db.records.support import PRIORITIES, TICKET_STATUSES


def operator_column(name: str, comment: str) -> Column[SchemaItem]:
    """Return a column for an operator, whose going leaves the row."""
    return Column(
        name, Uuid, ForeignKey("users.user_id", ondelete="SET NULL"), comment=comment
    )


support_tickets = Table(
    "support_tickets",
    metadata,
    id_column("Its number, as operators name it."),
    user_column("user_id", "Whose case it is."),
    Column(
        "chat_id",
        Text,
        comment="The chat that opened it, archived or not; NULL: none was there.",
    ),
    Column(
        "subject",
        Text,
        nullable=False,
        server_default=text("''"),
        comment="What it is about, in a line.",
    ),
    Column(
        "status",
        Text,
        nullable=False,
        server_default=text("'open'"),
        comment=f"{', '.join(TICKET_STATUSES)}: waiting is for the customer's answer.",
    ),
    Column(
        "priority",
        Text,
        nullable=False,
        server_default=text("'normal'"),
        comment=", ".join(PRIORITIES) + ".",
    ),
    operator_column("assignee_id", "The operator who works on it, if any."),
    Column("reason", Text, comment="Why a person is needed, in a word."),
    Column(
        "labels",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="Words that operators sort by.",
    ),
    time_column("opened_at", "When the chat was handed over."),
    time_column("first_response_at", "A person's first word.", default=False),
    time_column("snoozed_until", "When a snoozed one opens again.", default=False),
    time_column("resolved_at", "When it was resolved.", default=False),
    time_column("updated_at", "Last change of this row (set by a trigger)."),
    CheckConstraint(
        column("status").in_(TICKET_STATUSES), name="support_tickets_status_check"
    ),
    CheckConstraint(
        column("priority").in_(PRIORITIES), name="support_tickets_priority_check"
    ),
    Index(
        "support_tickets_one_open_a_user",
        "user_id",
        unique=True,
        postgresql_where=text("status <> 'resolved'::text"),
    ),
    Index("idx_support_tickets_user_id", "user_id"),
    Index("idx_support_tickets_opened_at", "opened_at"),
    Index("idx_support_tickets_assignee_id", "assignee_id"),
    comment="One row a case that needs a person: every handoff opens one, or joins the "
    "open one.",
)

support_messages = Table(
    "support_messages",
    metadata,
    id_column("In the order in which they were written."),
    Column(
        "ticket_id",
        BigInteger,
        ForeignKey("support_tickets.id", ondelete="CASCADE"),
        nullable=False,
        comment="The ticket.",
    ),
    user_column("user_id", "Whose case it is."),
    operator_column("author_id", "Who wrote or did it; NULL: the bot, or unknown."),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="note: for operators, by one of them or the bot; event: what was done.",
    ),
    Column("body", Text, nullable=False, comment="The note; of an event its name."),
    Column(
        "details", JSONB, comment="What belongs to an event; no words of a customer's."
    ),
    time_column("created_at", "When."),
    CheckConstraint("kind IN ('note', 'event')", name="support_messages_kind_check"),
    Index("idx_support_messages_ticket_id", "ticket_id"),
    Index("idx_support_messages_user_id", "user_id"),
    Index("idx_support_messages_author_id", "author_id"),
    comment="Private notes on tickets, and what was done; what was said to the "
    "customer stands in the chat.",
)

support_sessions = Table(
    "support_sessions",
    metadata,
    Column(
        "operator_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        primary_key=True,
        comment="The operator.",
    ),
    user_column("user_id", "At whose chat they look.", primary_key=True),
    time_column("seen_at", "When they last did; older than a minute is past."),
    Column(
        "read_turns",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="How many messages of the user's active chat they have seen.",
    ),
    Index("idx_support_sessions_user_id", "user_id"),
    comment="Which operator looks at which person's chat, and how far they read.",
)

support_alerts = Table(
    "support_alerts",
    metadata,
    Column(
        "reference_id",
        Uuid,
        primary_key=True,
        comment="The message to the operator: reference_id of its parts.",
    ),
    Column(
        "ticket_id",
        BigInteger,
        ForeignKey("support_tickets.id", ondelete="CASCADE"),
        nullable=False,
        comment="What it is about: a quoted reply to it goes there.",
    ),
    user_column("user_id", "The customer.", primary_key=True),
    user_column("operator_id", "Who was told."),
    Column(
        "about",
        Text,
        nullable=False,
        comment="What it tells, such as the MessageSid of the customer's last words: "
        "told once.",
    ),
    Column(
        "message_sid",
        Text,
        comment="Up to which of the customer's messages it tells their words; NULL: of "
        "none.",
    ),
    time_column("created_at", "When."),
    Index("idx_support_alerts_ticket_id", "ticket_id"),
    Index("idx_support_alerts_user_id", "user_id"),
    Index("support_alerts_once", "operator_id", "user_id", "about", unique=True),
    comment="What operators were told on WhatsApp, so that a quoted reply finds its "
    "customer: one row for each customer that a message names.",
)

canned_replies = Table(
    "canned_replies",
    metadata,
    id_column("Its number."),
    Column("title", Text, nullable=False, comment="What operators choose it by."),
    Column(
        "body",
        Text,
        nullable=False,
        comment="The text; {name}, {operator} and {ticket} are filled in.",
    ),
    time_column("created_at", "When it was written."),
    time_column("updated_at", "Last change of this row (set by a trigger)."),
    Index("idx_canned_replies_title", "title", unique=True),
    comment="Texts that operators send often.",
)
