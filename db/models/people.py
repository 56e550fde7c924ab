"""People who write, and those who were erased."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    column,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.base import metadata, time_column, user_column
from db.records.support import OWNERS, ROLES

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
    Column(
        "email",
        Text,
        comment="Who logs in does so with it; else what they told us. Unique.",
    ),
    Column(
        "phone_number",
        Text,
        comment="The WhatsApp address verbatim, such as whatsapp:+1234567890; "
        "people with a username have whatsapp:CC.id instead of a number. NULL for who "
        "only logs in.",
    ),
    Column(
        "full_name",
        Text,
        comment="The name that they told us, or chose in WhatsApp: untrusted.",
    ),
    Column("hashed_password", Text, comment="Only for people who also log in."),
    Column("password_history", JSONB, comment="Earlier password hashes, if any."),
    Column(
        "is_active",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="False: messages are stored, but not answered, and nobody logs in.",
    ),
    time_column("created_at", "First message, or invitation."),
    time_column("updated_at", "Last change of this row (set by a trigger)."),
    Column(
        "role",
        Text,
        nullable=False,
        server_default=text("'user'"),
        comment=f"{', '.join(ROLES)}: all but the first are operators, and may log in.",
    ),
    Column(
        "owner",
        Text,
        nullable=False,
        server_default=text("'bot'"),
        comment="Who has this person's chats: the bot answers; or they wait in the "
        "queue for a person of ours; or a human has them, and no word of the bot's "
        "leaves. Changed by change_owner() only.",
    ),
    Column("owner_since", DateTime(timezone=True), comment="Since when; NULL: always."),
    Column(
        "owner_until",
        DateTime(timezone=True),
        comment="When it ends by itself; NULL: it does not.",
    ),
    Column(
        "owner_warned_at",
        DateTime(timezone=True),
        comment="When the operator was warned that it ends soon.",
    ),
    Column(
        "taken_at",
        DateTime(timezone=True),
        comment="When a human last took them over: what the bot said before, and was "
        "not sent, is not sent any more.",
    ),
    Column(
        "owner_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="SET NULL"),
        comment="The operator who has them, if a human does and is known.",
    ),
    Column("owner_reason", Text, comment="Why, in a word."),
    Column(
        "owner_version",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="Counts the changes of owner: who acts on an older one is told.",
    ),
    Column(
        "alerts_muted_until",
        DateTime(timezone=True),
        comment="Until when this operator gets no alerts; NULL: they do.",
    ),
    Column(
        "name_is_given",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether they told us full_name: WhatsApp's name does not replace it.",
    ),
    Column(
        "email_is_given",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether email is only what they told us of themselves: nobody logs in "
        "with it, and whoever is invited by it takes it away.",
    ),
    Column("company", Text, comment="What they told us of where they work: untrusted."),
    time_column(
        "facts_since",
        "When they last had a fact forgotten: what they told before makes no new one.",
        default=False,
    ),
    CheckConstraint(
        "phone_number IS NOT NULL OR email IS NOT NULL", name="users_is_somebody_check"
    ),
    CheckConstraint(column("role").in_(ROLES), name="users_role_check"),
    CheckConstraint(column("owner").in_(OWNERS), name="users_owner_check"),
    Index("idx_users_phone_number", "phone_number", unique=True),
    Index("idx_users_email", "email", unique=True),
    Index("idx_users_is_active", "is_active"),
    Index(
        "idx_users_owner", "owner_since", postgresql_where=text("owner <> 'bot'::text")
    ),
    Index("idx_users_owner_id", "owner_id"),
    Index("idx_users_role", "role", postgresql_where=text("role <> 'user'::text")),
    comment="One row a person: who wrote to the number, and who logs in.",
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
    user_column("user_id", "Whose address it is."),
    Index("idx_user_aliases_user_id", "user_id"),
    comment="Addresses beside users.phone_number: a number and a business-scoped id "
    "that came in one webhook lead to one user.",
)

opt_outs = Table(
    "opt_outs",
    metadata,
    user_column("user_id", "Who wrote STOP.", primary_key=True),
    time_column("opted_out_at", "When."),
    comment="People who wrote STOP: they get no answers until they write START.",
)

erasures = Table(
    "erasures",
    metadata,
    Column(
        "address_hash",
        Text,
        primary_key=True,
        comment="Keyed hash (HMAC-SHA-256 under ERASURE_KEY) of one address of the "
        "person.",
    ),
    time_column(
        "erased_at", "When; what the person wrote afterwards is not erased again."
    ),
    comment="Tombstones of erased people: what a restored backup brings back of them "
    "is erased again. No personal data.",
)

erased_sids = Table(
    "erased_sids",
    metadata,
    Column(
        "sid_hash",
        LargeBinary,
        primary_key=True,
        comment="hash_sid(message_sid) of a message of theirs.",
    ),
    time_column("erased_at", "When; retention drops it later."),
    Index("idx_erased_sids_erased_at", "erased_at"),
    comment="Messages of erased people: their webhooks, sent again, are not taken in. "
    "No personal data.",
)
