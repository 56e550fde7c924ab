"""What is proposed from what happened, on what it stands, and rules in force."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.base import id_column, metadata, time_column, user_column
from db.models.support import operator_column
from db.records.evaluation.proposals import (
    PROPOSAL_KINDS,
    PROPOSAL_STATES,
    SOURCE_KINDS,
)

proposals = Table(
    "proposals",
    metadata,
    id_column("Its number, as operators name it."),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="entry of knowledge, rule for the prompt, or canned reply.",
    ),
    Column(
        "terms",
        Text,
        nullable=False,
        comment="What its sources share: stems, sorted; the key of their group.",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'open'"),
        comment=f"{', '.join(PROPOSAL_STATES)}.",
    ),
    Column(
        "title",
        Text,
        comment="The question, or name, that it was applied under; NULL: its sources "
        "tell.",
    ),
    Column(
        "text",
        Text,
        comment="What was applied; NULL: its sources tell.",
    ),
    Column(
        "is_reworded",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether an operator worded what was applied: then it stays when those "
        "go on whom it stands.",
    ),
    Column(
        "document_id",
        BigInteger,
        ForeignKey("documents.id", ondelete="SET NULL"),
        comment="The document that it became, while that is there.",
    ),
    Column(
        "canned_id",
        BigInteger,
        ForeignKey("canned_replies.id", ondelete="SET NULL"),
        comment="The canned reply that it became, while that is there.",
    ),
    Column(
        "replaced",
        JSONB,
        comment="What the document said before: title, question, text, language, and "
        "whether in words of users; NULL: it is new.",
    ),
    Column(
        "verdict",
        JSONB,
        comment="What the last replay came to: how many situations were answered anew, "
        "how many otherwise, how many not at all, at what cost, and when.",
    ),
    time_column("found_at", "When it was found first."),
    time_column("applied_at", "When it was applied last.", default=False),
    operator_column("applied_by", "The operator who did; NULL: by a command."),
    CheckConstraint(column("kind").in_(PROPOSAL_KINDS), name="proposals_kind_check"),
    CheckConstraint(column("state").in_(PROPOSAL_STATES), name="proposals_state_check"),
    Index(
        "proposals_one_of_a_kind",
        "kind",
        "terms",
        unique=True,
        postgresql_where=text("state <> 'applied'::text"),
    ),
    Index("idx_proposals_document_id", "document_id"),
    Index("idx_proposals_canned_id", "canned_id"),
    Index("idx_proposals_applied_by", "applied_by"),
    Index("idx_proposals_found_at", "found_at"),
    comment="What operators may learn from what happened: each with the conversations "
    "behind it. Nothing changes by itself.",
)

proposal_sources = Table(
    "proposal_sources",
    metadata,
    Column(
        "proposal_id",
        BigInteger,
        ForeignKey("proposals.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The proposal.",
    ),
    Column(
        "kind",
        Text,
        primary_key=True,
        comment="gap: nothing told the answer; judgement: the answer was thought bad; "
        "correction: an operator put it right; takeover: a person answered.",
    ),
    Column(
        "reference_id",
        Uuid,
        primary_key=True,
        comment="The answer that it is about; of a takeover the person's.",
    ),
    user_column("user_id", "Who asked."),
    # No foreign key: a chat moves into the archive, and this stays with it there.
    Column("chat_id", Text, nullable=False, comment="The chat, archived or not."),
    Column(
        "gap_id",
        BigInteger,
        ForeignKey("knowledge_gaps.id", ondelete="SET NULL"),
        comment="The gap that was met, if one was.",
    ),
    Column(
        "question",
        Text,
        nullable=False,
        comment="What was asked; empty: the chat is not kept, and the proposal is "
        "applied in its words.",
    ),
    Column(
        "answer_id",
        Uuid,
        comment="The bot's answer, which a replay answers anew; NULL: it gave none.",
    ),
    Column("answer", Text, comment="What the bot said; NULL: nothing."),
    Column("told", Text, comment="What a person of ours told instead, if one did."),
    Column("remark", Text, comment="What was said of the answer: untrusted."),
    time_column("happened_at", "When."),
    Column(
        "after",
        Text,
        comment="What the last replay said instead, with the proposal; NULL: none was "
        "made.",
    ),
    CheckConstraint(
        column("kind").in_(SOURCE_KINDS), name="proposal_sources_kind_check"
    ),
    Index("idx_proposal_sources_user_id", "user_id"),
    Index("idx_proposal_sources_chat_id", "chat_id"),
    Index("idx_proposal_sources_gap_id", "gap_id"),
    Index("idx_proposal_sources_reference_id", "reference_id"),
    comment="The conversations behind proposals: one row a thing that happened.",
)

prompt_rules = Table(
    "prompt_rules",
    metadata,
    id_column("Its number."),
    Column(
        "text",
        Text,
        nullable=False,
        comment="What the LLM is told, below SYSTEM_PROMPT.",
    ),
    time_column("since", "From when on it is in force."),
    time_column("until", "When it ended; NULL: it is in force.", default=False),
    operator_column("added_by", "The operator who applied it; NULL: by a command."),
    Column(
        "proposal_id",
        BigInteger,
        ForeignKey("proposals.id", ondelete="SET NULL"),
        comment="The proposal that it was, while that is there.",
    ),
    Column(
        "is_reworded",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether an operator worded it: then it holds no words of a user's.",
    ),
    CheckConstraint("until >= since", name="prompt_rules_until_check"),
    Index(
        "idx_prompt_rules_in_force", "since", postgresql_where=column("until").is_(None)
    ),
    Index("idx_prompt_rules_added_by", "added_by"),
    Index("idx_prompt_rules_proposal_id", "proposal_id"),
    comment="Rules for every prompt that operators applied, in force or ended.",
)
