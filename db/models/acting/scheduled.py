"""What the bot says later: reminders that users asked for, and its own follow-ups."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    func,
    text,
)

from db.models.base import metadata, time_column, user_column
from db.records.memory import (
    LONGEST_REMINDER,
    SCHEDULED_KINDS,
    SCHEDULED_STATES,
)

scheduled_messages = Table(
    "scheduled_messages",
    metadata,
    Column(
        "scheduled_id",
        Uuid,
        primary_key=True,
        server_default=func.gen_random_uuid(),
        comment="Which one.",
    ),
    user_column("user_id", "To whom it is said."),
    Column(
        "chat_id",
        Text,
        nullable=False,
        comment="In which chat it came up, which may be archived by now.",
    ),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="reminder: the user asked for it; follow_up: a word of the bot's where"
        " they are silent after an offer.",
    ),
    Column(
        "number",
        Integer,
        comment="The user's own number of a reminder, counted up; NULL: a follow-up.",
    ),
    Column(
        "text",
        Text,
        nullable=False,
        server_default=text("''"),
        comment="What they are reminded of, in the LLM's words: untrusted.",
    ),
    Column(
        "say_at", DateTime(timezone=True), nullable=False, comment="When it is due."
    ),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'waiting'"),
        comment="waiting, said, canceled (somebody did not want it any more), or"
        " dropped (it could not be said).",
    ),
    Column("why", Text, comment="Why it is canceled or dropped, for operators."),
    Column(
        "call_id",
        Uuid,
        comment="The call of a tool that asked for it: once, however often it is made.",
    ),
    Column(
        "offer_id",
        Uuid,
        comment="The reply with the offer that a follow-up is for; NULL: a reminder.",
    ),
    time_column(
        "heard_at",
        "When the user had written last, as a follow-up was planned: a later word of"
        " theirs cancels it.",
        default=False,
    ),
    Column("reference_id", Uuid, comment="The reply that said it; NULL: none did."),
    Column(
        "canceled_by",
        Text,
        comment="Who canceled it: user or operator; NULL: nobody, or the bot itself.",
    ),
    time_column("created_at", "When it was planned."),
    time_column(
        "ended_at", "When its state became final; NULL: it waits.", default=False
    ),
    CheckConstraint(
        column("kind").in_(SCHEDULED_KINDS), name="scheduled_messages_kind_check"
    ),
    CheckConstraint(
        column("state").in_(SCHEDULED_STATES), name="scheduled_messages_state_check"
    ),
    CheckConstraint(
        "(kind = 'reminder') = (number IS NOT NULL)",
        name="scheduled_messages_number_check",
    ),
    CheckConstraint(
        f"char_length(text) <= {LONGEST_REMINDER}",
        name="scheduled_messages_text_check",
    ),
    CheckConstraint(
        "(state = 'waiting') = (ended_at IS NULL)",
        name="scheduled_messages_ended_at_check",
    ),
    UniqueConstraint("call_id", name="scheduled_messages_call_id_key"),
    UniqueConstraint("offer_id", name="scheduled_messages_offer_id_key"),
    UniqueConstraint("user_id", "number", name="scheduled_messages_user_id_number_key"),
    Index(
        "scheduled_messages_one_follow_up",
        "user_id",
        unique=True,
        postgresql_where=text("kind = 'follow_up' AND state = 'waiting'"),
    ),
    Index(
        "idx_scheduled_messages_due",
        "say_at",
        "scheduled_id",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("idx_scheduled_messages_ended_at", "ended_at"),
    comment="What the bot is to say later, each once: reminders and follow-ups.",
)
