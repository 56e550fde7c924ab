"""The schema: every table, column, comment, check, key and index is told here, once.

Migrations are made from it (`make migration`); tests hold that a migrated database does
not differ. What SQLAlchemy can't say stays in SQL, in migrations/versions and sql/:
triggers, functions, views and their masked copies, the compression of
userchats.messages, and the queue's tables, which are procrastinate's.
"""

from db.models.answers import answer_passages, gap_questions, knowledge_gaps
from db.models.base import metadata
from db.models.chats import (
    chats_to_index,
    retention_places,
    userchats,
    userchats_archive,
)
from db.models.knowledge import (
    document_chunks,
    document_uploads,
    documents,
    products,
)
from db.models.people import erased_sids, erasures, opt_outs, user_aliases, users
from db.models.terms import chunk_terms, document_lengths
from db.models.traffic import (
    early_statuses,
    first_start,
    inbound_messages,
    reply_parts,
)
from db.models.vectors import chunk_vectors, embedding_models
from db.models.views import all_chats, chat_overview, user_statistics

__all__ = [
    "all_chats",
    "answer_passages",
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
    "first_start",
    "gap_questions",
    "inbound_messages",
    "knowledge_gaps",
    "metadata",
    "opt_outs",
    "products",
    "reply_parts",
    "retention_places",
    "user_aliases",
    "user_statistics",
    "userchats",
    "userchats_archive",
    "users",
]
