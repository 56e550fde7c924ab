"""What a thief of the disk, or of the statistics, finds of somebody who was erased."""

from datetime import timedelta

import pytest

from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.erasure import PURGES, erase_person
from db.privacy.traces import Traces, wipe_traces
from tests.db.access.logins import three_roles
from tests.db.privacy.planting import CARA, DIGITS, LONG, MARKER, find_cara, plant
from tests.db.sql import change, opened, take_in, value, values
from tests.records import ANA, said

KEY = b"the key of the tests"
STATISTICS = "SELECT coalesce(string_agg(s::text, ' '), '') FROM pg_stats AS s"
FILE = """
SELECT encode(pg_read_binary_file(pg_relation_filepath(%(table)s)), 'escape')
"""
# Whatever may hold what a person wrote or is known by: texts, JSON, words.
SAMPLED = """
SELECT relname || '.' || attname
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0
  AND NOT attisdropped AND typname IN ('text', '_text', 'jsonb', 'json', 'tsvector',
                                       'varchar', 'bpchar', 'bytea')
  AND attstattarget <> 0
ORDER BY 1
"""
# Our own numbers and ids, and words from short lists: nobody's.
OF_NOBODY = [
    "alembic_version.version_num", "answer_passages.chat_id", "audit_log.action",
    "broadcast_recipients.broadcast_id", "broadcast_recipients.state",
    "broadcast_recipients.why", "broadcasts.body", "broadcasts.broadcast_id",
    "broadcasts.category", "broadcasts.name", "broadcasts.reason", "broadcasts.state",
    "broadcasts.template_id", "budgets.scope", "cases.made_from", "cases.state",
    "chats_to_index.after_chat_id",
    "chats_to_index.table_name",
    "chunk_vectors.embedding_id", "document_chunks.embedding_id", "documents.file_type",
    "documents.language", "early_statuses.status", "embedding_models.embedding_id",
    "erased_sids.sid_hash", "erasures.address_hash", "evaluations.knowledge",
    "evaluations.state", "feedback.given_by",
    "gap_questions.chat_id", "inbound_messages.our_address", "invitations.role",
    "media.language", "media.media_type", "media.state", "media.text_by",
    "media_contents.media_type", "products.currency",
    "proposal_sources.kind", "proposals.kind", "proposals.state",
    "replay_answers.state", "replays.currency", "replays.knowledge",
    "reply_parts.author",
    "reply_parts.chat_id", "reply_parts.our_address", "reply_parts.status",
    "retention_places.after_chat_id", "retention_places.table_name",
    "scheduled_messages.kind", "scheduled_messages.state",
    "spendings.currency", "spendings.model", "spendings.purpose", "spendings.state",
    "spendings.told_currency",
    "support_messages.kind", "support_tickets.chat_id", "support_tickets.priority",
    "support_tickets.status", "tool_calls.state", "tool_calls.tool",
    "tool_pins.approved", "tool_pins.server", "tool_pins.tool", "tool_pins.waiting",
    "user_facts.kind", "user_preferences.language_seen", "userchats.chat_id",
    "userchats_archive.chat_id", "users.owner", "users.role",
]  # fmt: skip


@pytest.fixture
def session_timeout() -> timedelta:
    return LONG


def erase(database: Database) -> list[str]:
    """Erase Cara; return the names by which her rows were counted."""
    erased = erase_person(database, find_cara(database), KEY)
    assert erased is not None
    return [name for name, rows in erased.rows.items() if rows]


@pytest.mark.parametrize("others", [True, False])
def test_the_planners_statistics_know_nobody(
    database: Database, pg: PostgresChatStore, others: bool
) -> None:
    if others:
        take_in(pg, said("Hi", ANA))
    plant(pg, database)
    change(database, "UPDATE userchats SET is_active = false")
    change(database, "ANALYZE")
    erase(database)
    found = value(database, STATISTICS)
    assert MARKER not in found
    assert DIGITS not in found
    assert "SMarchived" not in found


def test_every_column_that_people_fill_is_kept_out_of_the_statistics(
    database: Database,
) -> None:
    assert values(database, SAMPLED) == OF_NOBODY


def test_samples_of_before_are_cleared_or_named(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    schema.downgrade(database, "0014")
    change(database, "ANALYZE")
    assert MARKER in value(database, STATISTICS)
    change(database, "ALTER TABLE users ALTER COLUMN full_name SET STATISTICS 0")
    assert wipe_traces(database, []) == Traces(sampled=["users.full_name"])
    schema.upgrade(database)
    assert MARKER not in value(database, STATISTICS)
    assert wipe_traces(database, []) == Traces()


def test_dead_rows_leave_the_files(database: Database, pg: PostgresChatStore) -> None:
    plant(pg, database)
    erased = erase(database)
    assert set(erased) == set(PURGES)
    change(database, "CHECKPOINT")
    assert MARKER in value(database, FILE, table="users")
    assert wipe_traces(database, erased) == Traces()
    change(database, "CHECKPOINT")
    tables = [*(set(PURGES) - {"jobs"}), "procrastinate.procrastinate_jobs"]
    left = "".join(value(database, FILE, table=table) for table in tables)
    assert MARKER not in left
    assert DIGITS not in left


def test_who_may_not_clean_up_is_told(
    database: Database, database_url: str, pg: PostgresChatStore
) -> None:
    with three_roles(database_url) as urls, opened(urls["app"]) as app:
        take_in(pg, said("Hi", CARA))
        erased = erase(app)
        traces = wipe_traces(app, erased)
        assert set(traces.foreign) == {
            "inbound_messages", "procrastinate_events", "procrastinate_jobs",
            "userchats", "users",
        }  # fmt: skip
        assert traces == Traces(foreign=traces.foreign)


def test_a_transaction_that_began_before_is_told(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", CARA))
    with database.transaction(snapshot=True, idle_seconds=60) as older:
        assert older.scalar("SELECT count(*) FROM users") == 1
        erased = erase(database)
        traces = wipe_traces(database, erased)
    assert "users" in traces.held
    assert traces == Traces(held=traces.held)
    assert wipe_traces(database, erased) == Traces()


def test_a_table_that_is_held_is_told_in_time(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", CARA))
    erase(database)
    hasty = opened(database.url)
    with database.transaction(idle_seconds=60) as holder, hasty as hurried:
        holder.count("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        assert wipe_traces(hurried, ["users"], seconds=0.2).late == ["users"]
