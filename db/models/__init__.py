"""The schema: every table, column, comment, check, key and index is told here, once.

Migrations are made from it (`make migration`); tests hold that a migrated database does
not differ. What SQLAlchemy can't say stays in SQL, in migrations/versions and sql/:
triggers, functions, views and their masked copies, the compression of
userchats.messages, and the queue's tables, which are procrastinate's.
"""

from db.models.acting import scheduled_messages, tool_calls, tool_pins
from db.models.answers import (
    answer_makings,
    answer_passages,
    gap_questions,
    knowledge_gaps,
    prompts,
)
from db.models.base import metadata
from db.models.broadcasts import broadcast_recipients, broadcasts, opt_ins
from db.models.chats import (
    chats_to_index,
    retention_places,
    userchats,
    userchats_archive,
)
from db.models.evaluation import (
    prompt_rules,
    proposal_sources,
    proposals,
    replay_answers,
    replays,
)
from db.models.evaluation.cases import (
    baselines,
    cases,
    evaluation_results,
    evaluations,
)
from db.models.knowledge import (
    document_chunks,
    document_uploads,
    documents,
    products,
)
from db.models.logins import (
    audit_log,
    invitations,
    login_attempts,
    login_sessions,
    second_factors,
)
from db.models.money import budgets, spendings
from db.models.people import erased_sids, erasures, opt_outs, user_aliases, users
from db.models.support import (
    canned_replies,
    support_alerts,
    support_messages,
    support_sessions,
    support_tickets,
)
from db.models.terms import chunk_terms, document_lengths
from db.models.traffic import (
    early_statuses,
    first_start,
    inbound_messages,
    reply_parts,
)
from db.models.understanding import (
    feedback,
    media,
    media_chunks,
    media_contents,
    user_facts,
    user_preferences,
)
from db.models.vectors import chunk_vectors, embedding_models
from db.models.views import all_chats, chat_overview, user_statistics

__all__ = [
    "all_chats",
    "answer_makings",
    "answer_passages",
    "audit_log",
    "baselines",
    "broadcast_recipients",
    "broadcasts",
    "budgets",
    "canned_replies",
    "cases",
    "chat_overview",
    "chats_to_index",
    "chunk_terms",
    "chunk_vectors",
    "document_chunks",
    "document_lengths",
    "document_uploads",
    "documents",
    "early_statuses",
    "embedding_models",
    "erased_sids",
    "erasures",
    "evaluation_results",
    "evaluations",
    "feedback",
    "first_start",
    "gap_questions",
    "inbound_messages",
    "invitations",
    "knowledge_gaps",
    "login_attempts",
    "login_sessions",
    "media",
    "media_chunks",
    "media_contents",
    "metadata",
    "opt_ins",
    "opt_outs",
    "products",
    "prompt_rules",
    "prompts",
    "proposal_sources",
    "proposals",
    "replay_answers",
    "replays",
    "reply_parts",
    "retention_places",
    "scheduled_messages",
    "second_factors",
    "spendings",
    "support_alerts",
    "support_messages",
    "support_sessions",
    "support_tickets",
    "tool_calls",
    "tool_pins",
    "user_aliases",
    "user_facts",
    "user_preferences",
    "user_statistics",
    "userchats",
    "userchats_archive",
    "users",
]
