"""Cases, evaluations of them, and the baselines that are to be beaten."""

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
from sqlalchemy.schema import SchemaItem

from db.models.base import id_column, metadata, time_column
from db.models.support import operator_column

CASE_SOURCES = ("thumb", "correction", "takeover", "gap", "hand")
CASE_STATES = ("kept", "dismissed")
EVALUATION_STATES = ("running", "done", "stopped", "failed")


def _person_column(comment: str) -> Column[SchemaItem]:
    # It may be nobody's: a case that was made by hand, or stands in a file.
    return Column(
        "user_id",
        Uuid,
        ForeignKey("users.user_id", ondelete="CASCADE"),
        comment=comment,
    )


cases = Table(
    "cases",
    metadata,
    id_column("Its number, as commands name it."),
    Column(
        "made_from",
        Text,
        nullable=False,
        comment=f"{', '.join(CASE_SOURCES)}: what it came from.",
    ),
    Column(
        "reference_id",
        Uuid,
        comment="The reply that it came from: the bot's, of a takeover the person's; "
        "NULL: none.",
    ),
    _person_column("Whose conversation it is; NULL: nobody's."),
    Column("chat_id", Text, comment="The chat, archived or not; NULL: none."),
    Column(
        "question",
        Text,
        nullable=False,
        comment="The messages that are to be answered.",
    ),
    Column(
        "turns",
        JSONB,
        nullable=False,
        comment="What was said until then, as in userchats.messages; what no turn "
        "settles is to be answered.",
    ),
    Column("said", Text, comment="What the bot answered then; NULL: nothing."),
    Column(
        "expects",
        JSONB,
        nullable=False,
        comment="What the answer must have, by the names that files of cases use.",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'kept'"),
        comment="kept, or dismissed: it is not judged, and not collected again.",
    ),
    Column("note", Text, comment="Why it is here, in words of the business's."),
    operator_column(
        "created_by",
        "The operator whose doing it came from; NULL: the user's, or a command's.",
    ),
    time_column("created_at", "When."),
    CheckConstraint(
        column("made_from").in_(CASE_SOURCES), name="cases_made_from_check"
    ),
    CheckConstraint(column("state").in_(CASE_STATES), name="cases_state_check"),
    Index(
        "cases_once",
        "made_from",
        "reference_id",
        unique=True,
        postgresql_where=text("made_from <> 'hand'::text"),
    ),
    Index("idx_cases_chat_id", "chat_id"),
    Index("idx_cases_user_id", "user_id"),
    Index("idx_cases_created_by", "created_by"),
    Index("idx_cases_created_at", "created_at"),
    comment="Judged situations: what was said, and what the answer must have.",
)

evaluations = Table(
    "evaluations",
    metadata,
    id_column("Its number, as commands name it."),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'running'"),
        comment=f"{', '.join(EVALUATION_STATES)}: stopped is by the operator, or "
        "by what it may cost.",
    ),
    Column(
        "prompt_hash",
        Text,
        comment="The prompt that was tried: the first 16 digits of its SHA-256; NULL: "
        "the one that is set.",
    ),
    Column("model", Text, nullable=False, comment="The LLM that was judged."),
    Column("judge_model", Text, comment="The LLM that judged words; NULL: none."),
    Column(
        "knowledge",
        Text,
        nullable=False,
        comment="now, or then: what it answered from.",
    ),
    Column("cases", Integer, nullable=False, comment="How many were to be judged."),
    Column(
        "passed",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="How many passed.",
    ),
    Column(
        "failed",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="How many did not.",
    ),
    Column(
        "spent",
        Numeric(20, 6),
        comment="What it cost, in the currency of PRICES; NULL: not known.",
    ),
    time_column("started_at", "When it began."),
    time_column("ended_at", "When it ended; NULL: it has not.", default=False),
    CheckConstraint(
        column("state").in_(EVALUATION_STATES), name="evaluations_state_check"
    ),
    CheckConstraint(
        column("knowledge").in_(("now", "then")), name="evaluations_knowledge_check"
    ),
    Index("idx_evaluations_started_at", "started_at"),
    comment="Every time that cases were judged.",
)

evaluation_results = Table(
    "evaluation_results",
    metadata,
    Column(
        "evaluation_id",
        BigInteger,
        ForeignKey("evaluations.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The evaluation.",
    ),
    Column(
        "position",
        Integer,
        primary_key=True,
        comment="Its place among the evaluation's cases, from 1.",
    ),
    Column(
        "case_id",
        BigInteger,
        ForeignKey("cases.id", ondelete="CASCADE"),
        comment="The case; NULL: it stands in a file.",
    ),
    Column("name", Text, comment="What a case in a file is called; NULL: case_id."),
    _person_column("Whose conversation the case is; NULL: nobody's."),
    Column(
        "question",
        Text,
        nullable=False,
        comment="What was asked.",
    ),
    Column("passed", Boolean, nullable=False, comment="Whether every check passed."),
    Column(
        "score",
        Numeric(5, 4),
        nullable=False,
        comment="How much of its checks passed: 0 to 1.",
    ),
    Column(
        "checks",
        JSONB,
        nullable=False,
        comment="Each check: kind, passed, score, reason.",
    ),
    Column("said", Text, comment="What the bot would say; NULL: nothing."),
    Column("error", Text, comment="Why there is no answer, if there is none."),
    Column("cost", Numeric(20, 6), comment="What it cost; NULL: not known."),
    Column("seconds", Numeric(10, 3), nullable=False, comment="How long the LLM took."),
    time_column("judged_at", "When."),
    CheckConstraint(
        "(case_id IS NULL) <> (name IS NULL)", name="evaluation_results_case_check"
    ),
    Index("idx_evaluation_results_case_id", "case_id"),
    Index("idx_evaluation_results_user_id", "user_id"),
    comment="What became of one case in one evaluation.",
)

baselines = Table(
    "baselines",
    metadata,
    Column("name", Text, primary_key=True, comment="What it is called."),
    Column(
        "evaluation_id",
        BigInteger,
        ForeignKey("evaluations.id", ondelete="CASCADE"),
        nullable=False,
        comment="The evaluation whose scores are to be beaten.",
    ),
    time_column("saved_at", "When it was saved, or saved anew."),
    Index("idx_baselines_evaluation_id", "evaluation_id"),
    comment="Scores that later evaluations are compared with.",
)
