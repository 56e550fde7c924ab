"""Who logs in: invitations, sessions, second factors, failed tries, and the audit."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.base import id_column, metadata, time_column, user_column
from db.records.support import OPERATORS

invitations = Table(
    "invitations",
    metadata,
    Column(
        "token_hash",
        LargeBinary,
        primary_key=True,
        comment="SHA-256 of the word in the link, which is shown once.",
    ),
    user_column("user_id", "Who was invited."),
    Column("role", Text, nullable=False, comment="What the person becomes by it."),
    Column(
        "logs_in",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether it logs in at once, without a password: of `make run` only.",
    ),
    time_column("created_at", "When."),
    time_column("expires_at", "Until when it holds.", default=False),
    time_column("used_at", "When it was used; then it holds no more.", default=False),
    CheckConstraint(column("role").in_(OPERATORS), name="invitations_role_check"),
    Index("idx_invitations_user_id", "user_id"),
    comment="Links by which operators set their password, once, within 24 hours.",
)

login_sessions = Table(
    "login_sessions",
    metadata,
    Column(
        "token_hash",
        LargeBinary,
        primary_key=True,
        comment="SHA-256 of the cookie: who reads the database can't use it.",
    ),
    user_column("user_id", "Who logged in."),
    time_column("created_at", "When: it ends some hours later in any case."),
    time_column("seen_at", "Last request: it ends when there is none for long."),
    Column("address", Text, comment="From where, as the console saw it."),
    Column("user_agent", Text, comment="With which browser, as it said itself."),
    Index("idx_login_sessions_user_id", "user_id"),
    comment="Who is logged in to the console; deleting a row logs out.",
)

second_factors = Table(
    "second_factors",
    metadata,
    user_column("user_id", "Whose it is.", primary_key=True),
    Column(
        "secret", Text, nullable=False, comment="Shared with the app (TOTP, RFC 6238)."
    ),
    time_column("confirmed_at", "First right code; NULL: not in use.", default=False),
    Column(
        "last_step",
        BigInteger,
        comment="The step of the last code that was taken: no code is taken twice.",
    ),
    comment="Second factors of operators: codes of an app.",
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column(
        "key",
        LargeBinary,
        primary_key=True,
        comment="SHA-256 of the account, or of the address, that was tried.",
    ),
    Column(
        "failures", Integer, nullable=False, comment="Failed tries one after the other."
    ),
    time_column("last_at", "The last of them; forgotten after a day."),
    Index("idx_login_attempts_last_at", "last_at"),
    comment="Failed log-ins: the pause before the next grows with them.",
)

audit_log = Table(
    "audit_log",
    metadata,
    id_column("In the order in which it happened."),
    time_column("at", "When."),
    Column(
        "actor_id",
        Uuid,
        comment="Who did it. No key: the row stays when the person goes.",
    ),
    Column("action", Text, nullable=False, comment="What, such as login or reply."),
    Column(
        "subject_id",
        Uuid,
        comment="To whom. No key: once erased, it names nobody.",
    ),
    Column("ticket_id", BigInteger, comment="In which case, if it was one."),
    Column("address", Text, comment="From where, as the console saw it."),
    Column(
        "details",
        JSONB,
        comment="What else, in words of ours: never a text of a message.",
    ),
    Index("idx_audit_log_at", "at"),
    Index("idx_audit_log_subject_id", "subject_id"),
    Index("idx_audit_log_actor_id", "actor_id"),
    comment="Who did what to whom and when; rows are added, and never changed.",
)
