"""Replays: answers of the past given anew, beside what was said then."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.base import id_column, metadata, time_column, user_column
from db.records.evaluation import ANSWER_STATES

replays = Table(
    "replays",
    metadata,
    id_column("Which one."),
    Column(
        "asked_for",
        Text,
        nullable=False,
        comment="Which answers, in words that name nobody.",
    ),
    Column(
        "prompt",
        Text,
        comment="The system prompt that was tried; NULL: the one that was set.",
    ),
    Column(
        "model", Text, comment="The LLM that was tried; NULL: the one that was set."
    ),
    Column(
        "knowledge",
        Text,
        nullable=False,
        comment="now: what is known today; then: what was found then.",
    ),
    Column(
        "most_micros",
        BigInteger,
        comment="What it may spend, in millionths; NULL: as much as it needs.",
    ),
    Column(
        "estimated_micros",
        BigInteger,
        comment="What it was thought to cost at most; NULL: there are no PRICES.",
    ),
    Column(
        "spent_micros",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="What it spent so far, also for whom was erased since.",
    ),
    Column("currency", Text, comment="Of the amounts; NULL: there are no PRICES."),
    time_column("created_at", "When it was begun first."),
    time_column("ended_at", "When nothing was left to answer.", default=False),
    CheckConstraint("knowledge IN ('now', 'then')", name="replays_knowledge_check"),
    Index("idx_replays_created_at", "created_at"),
    comment="Answers of the past given anew by another prompt, model or knowledge.",
)

replay_answers = Table(
    "replay_answers",
    metadata,
    Column(
        "replay_id",
        BigInteger,
        ForeignKey("replays.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The replay.",
    ),
    Column(
        "position",
        Integer,
        primary_key=True,
        comment="Its place among that replay's answers, from 1.",
    ),
    user_column("user_id", "Who was answered."),
    Column(
        "chat_id",
        Text,
        nullable=False,
        comment="In which chat, which may be archived by now.",
    ),
    Column(
        "reference_id",
        Uuid,
        nullable=False,
        comment="The reply: reference_id of its element in userchats.messages.",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        server_default="waiting",
        comment="waiting: it is to be answered; done; failed: there was no answer.",
    ),
    Column("question", Text, nullable=False, comment="What was asked: untrusted."),
    Column("before", Text, nullable=False, comment="What was said then."),
    Column("after", Text, comment="What would be said now: untrusted."),
    Column("is_same", Boolean, comment="Whether both are the same, word for word."),
    Column(
        "told",
        JSONB,
        nullable=False,
        server_default=text("'{}'::jsonb"),
        comment="What belongs to it: calls of tools, divergences, sources, notes.",
    ),
    Column("error", Text, comment="Why there was no answer."),
    Column("model", Text, comment="The LLM, as its server calls it."),
    Column("tokens", Integer, comment="What it read and wrote; NULL: not told."),
    Column("cost_micros", BigInteger, comment="What asking for it cost."),
    Column("seconds", Numeric(10, 3), comment="How long the LLM took."),
    time_column("answered_at", "When it was answered anew.", default=False),
    CheckConstraint(
        column("state").in_(ANSWER_STATES), name="replay_answers_state_check"
    ),
    Index("idx_replay_answers_chat_id", "chat_id"),
    Index("idx_replay_answers_user_id", "user_id"),
    comment="Each answer of a replay: what was said then, and what would be now.",
)
