"""The ledger of what was spent, and the sums that budgets are held against."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    text,
)

from db.models.base import VACUUMED_OFTEN, id_column, metadata, time_column
from db.records.money import SPENDING_STATES

spendings = Table(
    "spendings",
    metadata,
    id_column("Which one."),
    Column(
        "user_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="SET NULL"),
        comment="For whom; NULL: for nobody, or for somebody who was erased since.",
    ),
    Column("chat_id", Text, comment="In which chat, which may be archived by now."),
    Column(
        "message_sid",
        Text,
        comment="The last of the messages that it was for, when it was asked.",
    ),
    Column("part_id", Uuid, comment="The part of a reply that was sent, of a message."),
    Column(
        "purpose",
        Text,
        nullable=False,
        comment="answer, memory, question, documents, hearing, speaking, message.",
    ),
    Column(
        "model",
        Text,
        nullable=False,
        comment="The model's name as it was asked for; of a message whatsapp and its"
        " prefix.",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        comment="reserved: it may be under way, micros is its worst case; settled: it"
        " is over; released: it cost nothing.",
    ),
    Column(
        "micros",
        BigInteger,
        nullable=False,
        comment="What it counts for, in millionths of the currency.",
    ),
    Column("currency", Text, nullable=False, comment="As PRICES names it."),
    Column("priced_on", Date, nullable=False, comment="The date of those prices."),
    Column("input_tokens", Integer, comment="What was read, cached tokens with it."),
    Column("cached_tokens", Integer, comment="How many of these came from a cache."),
    Column("output_tokens", Integer, comment="What was written, reasoning with it."),
    Column("reasoning_tokens", Integer, comment="How many of these were reasoning."),
    Column("seconds", Numeric(10, 3), comment="How long the sound was."),
    Column("characters", Integer, comment="How many characters were spoken."),
    Column(
        "is_estimated",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether the server did not tell what it used, or Twilio what a message"
        " cost.",
    ),
    Column(
        "is_unknown",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether PRICES has no price for it: its [unknown] ones counted.",
    ),
    Column(
        "day",
        Date,
        nullable=False,
        comment="The day that it counts for, by TIMEZONE.",
    ),
    time_column("created_at", "When it was reserved."),
    time_column("settled_at", "When it was settled or released.", default=False),
    Column(
        "told_micros",
        BigInteger,
        comment="What Twilio billed for a message, in millionths of told_currency; "
        "NULL: it did not tell.",
    ),
    Column(
        "told_currency",
        Text,
        comment="The currency of told_micros: where it is another than currency, PRICES"
        " counts.",
    ),
    time_column(
        "price_asked_at",
        "When Twilio was last asked for it; NULL: never.",
        default=False,
    ),
    CheckConstraint(column("state").in_(SPENDING_STATES), name="spendings_state_check"),
    CheckConstraint("micros >= 0", name="spendings_micros_check"),
    UniqueConstraint("part_id", name="spendings_part_id_key"),
    Index("idx_spendings_day", "day"),
    Index("idx_spendings_created_at", "created_at"),
    Index("idx_spendings_user_id", "user_id", "day"),
    Index("idx_spendings_chat_id", "chat_id"),
    Index("idx_spendings_message_sid", "message_sid"),
    Index(
        "idx_spendings_reserved",
        "created_at",
        postgresql_where=column("state") == "reserved",
    ),
    Index(
        "idx_spendings_unbilled",
        "created_at",
        postgresql_where=text(
            "purpose = 'message' AND state = 'settled' AND told_currency IS NULL"
        ),
    ),
    comment="What every call cost, written before it was made. Where somebody is erased"
    " the sums stay.",
    postgresql_with=VACUUMED_OFTEN,
)

budgets = Table(
    "budgets",
    metadata,
    id_column("Which one."),
    Column(
        "scope",
        Text,
        nullable=False,
        comment="day, month: of everybody together; person: one person's day.",
    ),
    Column("starts_on", Date, nullable=False, comment="The first day, by TIMEZONE."),
    Column(
        "user_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        comment="The person; NULL: everybody.",
    ),
    Column(
        "limit_micros",
        BigInteger,
        nullable=False,
        comment="What may be spent, as it was set last, in millionths.",
    ),
    Column(
        "spent_micros",
        BigInteger,
        nullable=False,
        comment="What is spent or reserved, in millionths.",
    ),
    time_column(
        "told_at", "When operators were told that little is left.", default=False
    ),
    CheckConstraint(
        column("scope").in_(("day", "month", "person")), name="budgets_scope_check"
    ),
    UniqueConstraint(
        "scope",
        "starts_on",
        "user_id",
        name="budgets_scope_starts_on_user_id_key",
        postgresql_nulls_not_distinct=True,
    ),
    Index("idx_budgets_starts_on", "starts_on"),
    Index("idx_budgets_user_id", "user_id"),
    comment="What a budget has been used for, one row a period: made only where one is"
    " set.",
    postgresql_with=VACUUMED_OFTEN,
)
