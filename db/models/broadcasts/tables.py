"""Who wants to be written to, what is sent to many, and whose turn came."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.broadcasts.nouns import RECIPIENT_STATES, STATES
from db.models.base import metadata, time_column, user_column

opt_ins = Table(
    "opt_ins",
    metadata,
    user_column("user_id", "Who wants to be written to.", primary_key=True),
    time_column("opted_in_at", "When that was recorded."),
    Column(
        "how",
        Text,
        nullable=False,
        comment="How they said so, in an operator's words, such as form of 2026-11-01.",
    ),
    comment="People who want to be written to first: broadcasts go to them alone. STOP "
    "takes the row away (a trigger on opt_outs).",
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("broadcast_id", Text, primary_key=True, comment="Which one: 8 hex digits."),
    Column("template_id", Text, nullable=False, comment="Twilio's id of its template."),
    Column("name", Text, nullable=False, comment="The template's name at Twilio."),
    Column(
        "category",
        Text,
        nullable=False,
        comment="What WhatsApp took the template for: UTILITY, MARKETING.",
    ),
    Column(
        "body",
        Text,
        nullable=False,
        comment="The template's text when it was started, with its gaps.",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'going'"),
        comment=f"{', '.join(STATES)}. The worker sends what is going; paused: until "
        "`bot broadcast resume`; done: everybody had their turn.",
    ),
    Column("reason", Text, comment="Why it is paused."),
    time_column("created_at", "When it was started."),
    time_column("changed_at", "When its state changed last."),
    time_column(
        "told_at",
        "When operators were told of the pause; NULL of what is paused: not yet.",
        default=False,
    ),
    CheckConstraint(column("state").in_(STATES), name="broadcasts_state_check"),
    Index("idx_broadcasts_created_at", "created_at"),
    Index(
        "idx_broadcasts_going",
        "template_id",
        unique=True,
        postgresql_where=text("state = ANY (ARRAY['going'::text, 'paused'::text])"),
    ),
    comment="Templates that are sent to many; of one template one at a time.",
)

broadcast_recipients = Table(
    "broadcast_recipients",
    metadata,
    Column(
        "broadcast_id",
        Text,
        ForeignKey("broadcasts.broadcast_id", ondelete="CASCADE"),
        nullable=False,
        comment="Of which broadcast.",
    ),
    user_column("user_id", "Who gets it: each person once."),
    Column("place", BigInteger, nullable=False, comment="The order of their turns."),
    Column(
        "variables",
        JSONB,
        comment="What fills the template's gaps; NULL: it is with the message by now.",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'waiting'"),
        comment=f"{', '.join(RECIPIENT_STATES)}: how far the message got, its row of "
        "reply_parts tells.",
    ),
    Column("why", Text, comment="Why they were skipped."),
    Column("reference_id", Uuid, comment="The reply, once it is stored."),
    time_column("turned_at", "When their turn came.", default=False),
    CheckConstraint(
        column("state").in_(RECIPIENT_STATES), name="broadcast_recipients_state_check"
    ),
    PrimaryKeyConstraint("broadcast_id", "user_id"),
    Index("idx_broadcast_recipients_user_id", "user_id"),
    Index(
        "idx_broadcast_recipients_waiting",
        "broadcast_id",
        "place",
        postgresql_where=text("state = 'waiting'::text"),
    ),
    Index(
        "idx_broadcast_recipients_stored",
        "turned_at",
        postgresql_where=text("state = 'stored'::text"),
    ),
    comment="Whose turn came, or will: a message is stored with the row that says so.",
)
