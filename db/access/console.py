"""What the console's role may do, table by table: no more than its pages need.

It deletes no row of a person: erasing is a job of the worker's. What is not named here
it may not even read.
"""

from collections.abc import Container, Iterator

LOOK = "SELECT"
NOTE = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

TABLES = {
    "alembic_version": LOOK,
    "answer_makings": LOOK,
    "answer_passages": LOOK,
    "audit_log": NOTE,
    "baselines": LOOK,
    "broadcast_recipients": LOOK,
    "broadcasts": LOOK,
    "budgets": LOOK,
    "canned_replies": ALL,
    "cases": LOOK,
    "chats_to_index": LOOK,
    "chunk_terms": ALL,
    "chunk_vectors": ALL,
    "document_chunks": ALL,
    "document_lengths": ALL,
    "document_uploads": ALL,
    "documents": ALL,
    "early_statuses": LOOK,
    "embedding_models": LOOK,
    "evaluation_results": LOOK,
    "evaluations": LOOK,
    "feedback": KEEP,
    "gap_questions": LOOK,
    "inbound_messages": LOOK,
    "invitations": ALL,
    "knowledge_gaps": "SELECT, UPDATE",
    "login_attempts": ALL,
    "login_sessions": ALL,
    "media": LOOK,
    # What people's own documents say: an export shows it.
    "media_chunks": LOOK,
    "media_contents": NOTE,
    "opt_ins": LOOK,
    "opt_outs": LOOK,
    "procrastinate_events": NOTE,
    "procrastinate_jobs": NOTE,
    "procrastinate_workers": LOOK,
    "products": ALL,
    "prompt_rules": ALL,
    "prompts": LOOK,
    "proposal_sources": ALL,
    "proposals": ALL,
    "replay_answers": LOOK,
    "reply_parts": NOTE,
    "scheduled_messages": LOOK,
    "second_factors": ALL,
    "spendings": LOOK,
    "support_alerts": LOOK,
    "support_messages": NOTE,
    "support_sessions": ALL,
    "support_tickets": KEEP,
    "tool_calls": LOOK,
    "user_aliases": LOOK,
    "user_facts": LOOK,
    "user_preferences": LOOK,
    "userchats": LOOK,
    "userchats_archive": LOOK,
    "users": LOOK,
}
# And of these some columns. An invitation makes a user; log-ins and change_owner()
# change one; what is said is added to a chat, or opens one.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    # What an operator sends may be there, and is as good as new then.
    "media_contents": {"UPDATE": ("content", "created_at")},
    # A rule ends; what it said stays said.
    "reply_parts": {"UPDATE": ("status",)},
    # Whom it deactivates, nothing is said any more.
    "scheduled_messages": {"UPDATE": ("state", "why", "ended_at")},
    # An operator allows a call, or refuses it: what it does is not theirs to change.
    "tool_calls": {
        "UPDATE": ("state", "approved_by", "error", "result", "ended_at"),
    },
    "userchats": {
        "INSERT": ("chat_id", "customer_id", "messages"),
        "UPDATE": ("messages", "metadata"),
    },
    "users": {
        "INSERT": ("email", "full_name"),
        "UPDATE": (
            "email", "email_is_given", "full_name", "hashed_password",
            "password_history", "is_active", "role", "owner", "owner_since",
            "owner_until", "owner_warned_at", "owner_id", "owner_reason",
            "owner_version", "taken_at",
        ),
    },
}  # fmt: skip
# Of these it knows nothing: who was erased, when the bot first started and whether it
# pauses, what retention has come to, which tools of servers were approved.
HIDDEN = frozenset(
    {
        "erased_sids",
        "erasures",
        "first_start",
        "replays",
        "retention_places",
        "tool_pins",
    }
)


def rights_on(table: str, columns: Container[str]) -> str | None:
    """Return the rights on a table, for GRANT; None: it has none.

    `columns` are those that are there: earlier migrations lack some.
    """
    rights = TABLES.get(table)
    return rights and ", ".join([rights, *_on_columns(table, columns)])


def _on_columns(table: str, there: Container[str]) -> Iterator[str]:
    for right, names in COLUMNS.get(table, {}).items():
        found = [name for name in names if name in there]
        if found:
            yield f"{right} ({', '.join(found)})"
