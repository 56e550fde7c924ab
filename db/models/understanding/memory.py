"""What people told of themselves, how they want to be answered, what they judged."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.base import id_column, metadata, time_column, user_column
from db.models.support import operator_column
from db.records.memory import FACT_KINDS

user_facts = Table(
    "user_facts",
    metadata,
    id_column("Which one."),
    user_column("user_id", "Who told it, of themselves."),
    Column("kind", Text, nullable=False, comment=f"{', '.join(FACT_KINDS)}."),
    Column("text", Text, nullable=False, comment="What they told: untrusted."),
    Column(
        "message_sid",
        Text,
        nullable=False,
        comment="The message in which they told it.",
    ),
    time_column("created_at", "When they told it."),
    time_column("valid_until", "After this it is not told the LLM.", default=False),
    CheckConstraint(column("kind").in_(FACT_KINDS), name="user_facts_kind_check"),
    Index("idx_user_facts_user_id", "user_id"),
    comment="What users said of themselves, each with the message that it is from.",
)

user_preferences = Table(
    "user_preferences",
    metadata,
    user_column("user_id", "Whose they are.", primary_key=True),
    Column(
        "preferences",
        JSONB,
        nullable=False,
        server_default=text("'{}'::jsonb"),
        comment="What they set with /settings: language, length, answers, alerts.",
    ),
    Column(
        "language_seen",
        Text,
        comment="The language that they last wrote or spoke in, as far as it showed.",
    ),
    time_column("updated_at", "Last change of this row (set by a trigger)."),
    CheckConstraint(
        "jsonb_typeof(preferences) = 'object'"
        " AND preferences - ARRAY['length', 'answers', 'alerts', 'language'] = '{}'"
        " AND preferences ->> 'length' IN ('short', 'normal', 'long')"
        " AND preferences ->> 'answers' IN ('text', 'voice')"
        " AND preferences ->> 'alerts' IN ('on', 'off')"
        " AND preferences ->> 'language' ~ '^[a-z]{2,3}(-[A-Za-z]{2,4})?$'",
        name="user_preferences_preferences_check",
    ),
    comment="How a person wants to be answered.",
)

feedback = Table(
    "feedback",
    metadata,
    id_column("Which one."),
    user_column("user_id", "Whose answer is judged."),
    Column(
        "reference_id",
        Uuid,
        comment="The reply that is judged; NULL: the bot as a whole.",
    ),
    Column("rating", SmallInteger, comment="1 good, -1 bad; NULL: words only."),
    Column("text", Text, comment="Their words: untrusted."),
    operator_column("operator_id", "The operator who judged; NULL: the user did."),
    Column(
        "given_by",
        Text,
        nullable=False,
        server_default=text("'user'"),
        comment="user or operator: stays when the operator's row is gone.",
    ),
    Column("message_sid", Text, comment="The user's message that says so."),
    time_column("created_at", "When."),
    CheckConstraint(column("rating").in_((-1, 1)), name="feedback_rating_check"),
    CheckConstraint(
        column("given_by").in_(("user", "operator")), name="feedback_given_by_check"
    ),
    CheckConstraint(
        "rating IS NOT NULL OR text IS NOT NULL", name="feedback_says_something_check"
    ),
    Index("idx_feedback_user_id", "user_id"),
    Index("idx_feedback_operator_id", "operator_id"),
    Index("idx_feedback_created_at", "created_at"),
    Index(
        "feedback_one_rating_of_each",
        "reference_id",
        text("COALESCE(operator_id, user_id)"),
        unique=True,
        postgresql_where=text("rating IS NOT NULL"),
    ),
    comment="What people thought of answers: one row a judgement.",
)
