"""What came in, and what goes out."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Identity,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.models.base import (
    VACUUMED_OFTEN,
    error_code_column,
    metadata,
    time_column,
    user_column,
)
from db.records import DELIVERY_STATUSES, FAILED, HELD, UNSETTLED, WITH_TWILIO

# As PostgreSQL writes it, or Alembic sees a difference.
UNSETTLED_WORDS = ", ".join(f"'{word}'::text" for word in UNSETTLED)

inbound_messages = Table(
    "inbound_messages",
    metadata,
    Column(
        "message_sid",
        Text,
        primary_key=True,
        comment="Twilio's id: what has a row here is never taken in again.",
    ),
    Column(
        "address",
        Text,
        nullable=False,
        comment="Where it came from, verbatim: its answer goes there.",
    ),
    Column(
        "our_address",
        Text,
        comment="Which number of ours it was sent to, if Twilio told.",
    ),
    time_column("received_at", "When it was taken in."),
    Index("idx_inbound_messages_received_at", "received_at"),
    comment="Every message that was acknowledged, once: the key against repeats.",
)

reply_parts = Table(
    "reply_parts",
    metadata,
    Column(
        "part_id",
        Uuid,
        primary_key=True,
        server_default=func.gen_random_uuid(),
        comment="Our id; the status callback's URL carries it.",
    ),
    Column(
        "sequence",
        BigInteger,
        Identity(always=True),
        nullable=False,
        comment="Order in which parts were made, over all users.",
    ),
    Column(
        "reference_id",
        Uuid,
        nullable=False,
        comment="The reply: reference_id of its element in userchats.messages.",
    ),
    Column(
        "chat_id",
        Text,
        ForeignKey("userchats.chat_id", ondelete="CASCADE"),
        nullable=False,
        comment="The chat of the reply.",
    ),
    user_column("user_id", "Who gets it."),
    Column(
        "position",
        Integer,
        nullable=False,
        comment="0 for the first message of the reply.",
    ),
    Column("address", Text, nullable=False, comment="Where it is sent, verbatim."),
    Column(
        "our_address",
        Text,
        comment="Which number of ours the user wrote to: of a Messaging Service, it "
        "answers.",
    ),
    Column(
        "body",
        Text,
        nullable=False,
        comment="The text as it is sent; of a template the text that it makes.",
    ),
    Column(
        "media",
        JSONB,
        comment="Array of what Twilio loads pictures and files from, if any: URLs, or "
        "what is signed when it is sent: stored:sha256 of media_contents, file:name.",
    ),
    Column(
        "template",
        JSONB,
        comment="content_sid and variables of the template that is sent instead, if "
        "any.",
    ),
    Column(
        "instead",
        Text,
        comment="The text that is sent once it is known that the media, or the "
        "template, can't be; empty: none, and the rest of the reply goes on.",
    ),
    Column(
        "author",
        Text,
        nullable=False,
        server_default=text("'bot'"),
        comment="Who wrote it: bot; broadcast; fallback: that something is held; "
        "relay: what operators are told of customers; else the user_id of the operator "
        "who did, or person.",
    ),
    Column(
        "status",
        Text,
        nullable=False,
        server_default=text("'pending'"),
        comment=f"{', '.join(UNSETTLED)} (a send without an answer), then as Twilio "
        f"says: {', '.join((*WITH_TWILIO, *FAILED))}. Or {HELD}: until the user "
        "writes.",
    ),
    Column("message_sid", Text, comment="Twilio's id, once it is known."),
    error_code_column(),
    Column(
        "refused_sids",
        ARRAY(Text),
        comment="Twilio's ids of earlier sends that it took and failed later for what "
        "may be over soon, if any.",
    ),
    Column(
        "attempts",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="How often it was given to Twilio.",
    ),
    time_column("claimed_at", "When the last attempt began.", default=False),
    time_column("created_at", "When the reply was made."),
    time_column("updated_at", "Last change of this row (set by a trigger)."),
    time_column(
        "heard_at",
        "When the user last wrote, as far as was known; NULL: their chats tell.",
        default=False,
    ),
    time_column(
        "held_at",
        "Since when it waits for the user to write, or of a fallback since when they "
        "were told; NULL: it does not.",
        default=False,
    ),
    Column(
        "unsettled",
        Boolean,
        Computed(f"status = ANY (ARRAY[{UNSETTLED_WORDS}])", persisted=True),
        nullable=False,
        comment="Whether it is not known to be with Twilio: follows the status.",
    ),
    CheckConstraint(
        column("status").in_(DELIVERY_STATUSES),
        name="reply_parts_status_check",
    ),
    CheckConstraint(
        "status <> 'held' OR held_at IS NOT NULL", name="reply_parts_held_check"
    ),
    CheckConstraint("jsonb_typeof(media) = 'array'", name="reply_parts_media_check"),
    CheckConstraint(
        "jsonb_typeof(template) = 'object'", name="reply_parts_template_check"
    ),
    UniqueConstraint("reference_id", "position", name="reply_parts_position_key"),
    UniqueConstraint("message_sid", name="reply_parts_message_sid_key"),
    Index("idx_reply_parts_chat_id", "chat_id"),
    Index("idx_reply_parts_user_id_sequence", "user_id", "sequence"),
    Index(
        "idx_reply_parts_replies",
        "created_at",
        postgresql_where=text('"position" = 0'),
    ),
    Index(
        "idx_reply_parts_unsettled",
        "user_id",
        "sequence",
        postgresql_where=text("unsettled"),
    ),
    Index(
        "idx_reply_parts_held",
        "user_id",
        "sequence",
        postgresql_where=column("held_at").is_not(None),
    ),
    Index(
        "idx_reply_parts_media",
        "media",
        postgresql_using="gin",
        postgresql_ops={"media": "jsonb_path_ops"},
        postgresql_where=column("media").is_not(None),
    ),
    Index(
        "idx_reply_parts_refused_sids",
        "refused_sids",
        postgresql_using="gin",
        postgresql_where=column("refused_sids").is_not(None),
    ),
    comment="The messages that replies are sent as, and how far each got.",
    postgresql_with=VACUUMED_OFTEN,
)

first_start = Table(
    "first_start",
    metadata,
    Column(
        "only_row",
        Boolean,
        primary_key=True,
        server_default=text("true"),
        comment="Always true: there is one row.",
    ),
    time_column("started_at", "When the database was made, or its first message came."),
    time_column(
        "paused_at",
        "Since when answers pause (`bot pause`); NULL: they are made.",
        default=False,
    ),
    CheckConstraint("only_row", name="first_start_only_row_check"),
    comment="Since when this database takes messages in: one row. No older ones are "
    "asked for.",
)

early_statuses = Table(
    "early_statuses",
    metadata,
    Column(
        "message_sid", Text, primary_key=True, comment="Twilio's id of the message."
    ),
    Column("status", Text, primary_key=True, comment="As Twilio told it."),
    error_code_column(),
    time_column("received_at", "When it was told."),
    Column(
        "is_ours",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether the bot is known to have sent it: a part had it in the "
        "database that a restore replaced.",
    ),
    Index("idx_early_statuses_received_at", "received_at"),
    comment="Delivery statuses of messages that no part is known for, yet or at all; "
    "kept for a day.",
)
