"""The tables. Migrations make them; a test holds both together, comments included."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _time(name: str, comment: str, *, default: bool = True) -> Column[object]:
    return Column(
        name,
        DateTime(timezone=True),
        nullable=not default,
        server_default=func.now() if default else None,
        comment=comment,
    )


users = Table(
    "users",
    metadata,
    Column(
        "user_id",
        Uuid,
        primary_key=True,
        server_default=func.gen_random_uuid(),
        comment="Who this is, for every other table.",
    ),
    Column("email", Text, comment="Optional; unique where known."),
    Column(
        "phone_number",
        Text,
        nullable=False,
        comment="The WhatsApp address verbatim, such as whatsapp:+1234567890; "
        "people with a username have whatsapp:CC.id instead of a number.",
    ),
    Column(
        "full_name", Text, comment="The name the person chose in WhatsApp: untrusted."
    ),
    Column("hashed_password", Text, comment="Only for people who also log in."),
    Column("password_history", JSONB, comment="Earlier password hashes, if any."),
    Column(
        "is_active",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="False: messages are stored, but not answered.",
    ),
    _time("created_at", "First message."),
    _time("updated_at", "Last change of this row (set by a trigger)."),
    Index("idx_users_phone_number", "phone_number", unique=True),
    Index("idx_users_email", "email", unique=True),
    Index("idx_users_is_active", "is_active"),
    comment="One row a person who wrote to the number.",
)

user_aliases = Table(
    "user_aliases",
    metadata,
    Column(
        "address",
        Text,
        primary_key=True,
        comment="A further WhatsApp address of the same person.",
    ),
    Column(
        "user_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        nullable=False,
        comment="Whose address it is.",
    ),
    Index("idx_user_aliases_user_id", "user_id"),
    comment="Addresses beside users.phone_number: a number and a business-scoped id "
    "that came in one webhook lead to one user.",
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column(
        "user_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        primary_key=True,
        comment="Who wrote STOP.",
    ),
    _time("opted_out_at", "When."),
    comment="People who wrote STOP: they get no answers until they write START.",
)

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
    _time("created_at", "First message."),
    _time("updated_at", "Last message (set by a trigger)."),
    CheckConstraint("chat_id ~ '^[0-9a-f]{16}$'", name="userchats_chat_id_check"),
    CheckConstraint(
        "jsonb_typeof(messages) = 'array'", name="userchats_messages_check"
    ),
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
    comment="One row a conversation, with its transcript as a JSONB array.",
)

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
    _time("received_at", "When it was taken in."),
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
    Column(
        "user_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        nullable=False,
        comment="Who gets it.",
    ),
    Column(
        "position",
        Integer,
        nullable=False,
        comment="0 for the first message of the reply.",
    ),
    Column("address", Text, nullable=False, comment="Where it is sent, verbatim."),
    Column("body", Text, nullable=False, comment="The text as it is sent."),
    Column(
        "status",
        Text,
        nullable=False,
        server_default=text("'pending'"),
        comment="pending, sending, uncertain (a send without an answer), then as "
        "Twilio says: accepted, scheduled, queued, sent, delivered, read, failed, "
        "undelivered, canceled.",
    ),
    Column("message_sid", Text, comment="Twilio's id, once it is known."),
    Column("error_code", Integer, comment="Twilio's error code of a failure, if any."),
    Column(
        "attempts",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="How often it was given to Twilio.",
    ),
    _time("claimed_at", "When the last attempt began.", default=False),
    _time("created_at", "When the reply was made."),
    _time("updated_at", "Last change of this row (set by a trigger)."),
    UniqueConstraint("reference_id", "position", name="reply_parts_position_key"),
    UniqueConstraint("message_sid", name="reply_parts_message_sid_key"),
    Index("idx_reply_parts_chat_id", "chat_id"),
    Index("idx_reply_parts_user_id_sequence", "user_id", "sequence"),
    comment="The messages that replies are sent as, and how far each got.",
)

early_statuses = Table(
    "early_statuses",
    metadata,
    Column(
        "message_sid", Text, primary_key=True, comment="Twilio's id of the message."
    ),
    Column("status", Text, primary_key=True, comment="As Twilio told it."),
    Column("error_code", Integer, comment="Twilio's error code of a failure, if any."),
    _time("received_at", "When it was told."),
    Index("idx_early_statuses_received_at", "received_at"),
    comment="Delivery statuses of messages that no part is known for, yet or at all; "
    "kept for a day.",
)
