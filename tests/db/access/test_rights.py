"""What each of the four roles may not do: a statement, and the server's refusal."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from db.database import Database
from db.delivery.pausing import pause, resume
from db.embedded.server import EmbeddedPostgres
from db.pool import Limits
from tests.conftest import new_database
from tests.db.access.logins import refusal, three_roles
from tests.db.sql import values

DENIED = "42501"
READ_ONLY = "25006"
WRITES = "SET default_transaction_read_only = off"


@pytest.fixture(scope="module")
def shared(postgres: EmbeddedPostgres, migrated: str) -> Iterator[dict[str, str]]:
    """The roles' URLs on a database that no test changes."""
    options = f"TEMPLATE {migrated} STRATEGY file_copy"
    with new_database(postgres, options) as url, three_roles(url) as urls:
        yield urls


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE notes ()",
        "CREATE TEMPORARY TABLE notes ()",
        "CREATE SCHEMA notes",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE VIEW notes AS SELECT 1",
        "CREATE INDEX ON users (full_name)",
        "DROP TABLE users",
        "DROP VIEW chat_messages",
        "TRUNCATE userchats",
        "TRUNCATE procrastinate.procrastinate_jobs CASCADE",
        "ALTER TABLE users ADD note text",
        "ALTER TABLE userchats DISABLE TRIGGER ALL",
        "DROP FUNCTION set_updated_at() CASCADE",
        "UPDATE alembic_version SET version_num = '9999'",
        "UPDATE inbound_messages SET address = ''",
        "UPDATE opt_outs SET opted_out_at = now()",
        "DELETE FROM erasures",
        "UPDATE erased_sids SET sid_hash = ''",
        "UPDATE audit_log SET action = ''",
        "DELETE FROM audit_log",
        "SELECT FROM audit_log FOR UPDATE",
        "UPDATE support_messages SET body = ''",
        "UPDATE first_start SET started_at = now()",
        "SELECT FROM masked.chat_messages",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT FROM pg_authid",
        "COPY users TO PROGRAM 'cat'",
        "COPY users TO '/tmp/users'",
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "SET ROLE bot",
        "SET session_replication_role = replica",
    ],
)
def test_the_bot_may_not(shared: dict[str, str], statement: str) -> None:
    assert refusal(shared["app"], statement) == DENIED


@pytest.mark.parametrize(
    "relation",
    [
        *("users", "user_aliases", "opt_outs", "userchats", "userchats_archive"),
        *("inbound_messages", "reply_parts", "early_statuses", "erasures"),
        *("alembic_version", "public.all_chats", "public.chat_messages"),
        *("public.user_statistics", "public.failed_deliveries"),
        *("procrastinate.procrastinate_jobs", "pg_authid"),
    ],
)
def test_who_looks_may_not_read_what_is_not_masked(
    shared: dict[str, str], relation: str
) -> None:
    path = "SET search_path TO public"
    assert refusal(shared["readonly"], path, f"SELECT FROM {relation}") == DENIED


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM public.users", DENIED),
        ("INSERT INTO public.opt_outs DEFAULT VALUES", DENIED),
        ("CREATE TEMPORARY TABLE notes ()", DENIED),
        ("CREATE TABLE public.notes ()", DENIED),
        ("CREATE VIEW masked.notes AS SELECT 1", DENIED),
        ("DELETE FROM masked.chat_overview", "55000"),  # no view of these takes writes
        ("SELECT * FROM public.search_messages('bread', 1)", DENIED),
        ("SELECT public.drop_old_audit('{1}')", DENIED),
        ("SELECT procrastinate.procrastinate_finish_job_v1(1, 'failed', true)", DENIED),
        ("SELECT pg_read_file('postgresql.conf')", DENIED),
        ("SELECT lo_from_bytea(0, 'x')", DENIED),
        ("SELECT lo_creat(-1)", DENIED),
        ("SELECT lo_create(0)", DENIED),
        ("SELECT lo_put(1, 0, 'x')", DENIED),
        ("SELECT lowrite(lo_open(1, 131072), 'x')", DENIED),
        ("SELECT lo_unlink(1)", DENIED),
        ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity", DENIED),
    ],
)
def test_who_looks_may_change_nothing_even_when_writing_is_switched_on(
    shared: dict[str, str], statement: str, why: str
) -> None:
    assert refusal(shared["readonly"], WRITES, statement) == why


def test_who_looks_is_read_only_unless_that_is_switched_off(
    shared: dict[str, str],
) -> None:
    assert refusal(shared["readonly"], "CREATE TABLE notes ()") == READ_ONLY
    with psycopg.connect(shared["readonly"]) as connection:
        for name, shown in (("statement_timeout", "30s"), ("search_path", "masked")):
            found = connection.execute(f"SHOW {name}".encode()).fetchone()
            assert found == (shown,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "COPY users TO PROGRAM 'cat'",
        "SELECT FROM pg_authid",
        "ALTER SYSTEM SET work_mem = '1GB'",
        "SET ROLE bot",
    ],
)
def test_the_owner_is_no_superuser(shared: dict[str, str], statement: str) -> None:
    assert refusal(shared["owner"], statement) == DENIED


def test_every_table_of_ours_was_thought_of(database: Database) -> None:
    """A new table gets all four rights on rows; is that what the bot needs there?"""
    query = """
        SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')
          AND relnamespace = 'public'::regnamespace ORDER BY relname
    """
    assert values(database, query) == [
        "alembic_version", "answer_makings", "answer_passages", "audit_log",
        "baselines",
        "broadcast_recipients",
        "broadcasts", "budgets",
        "canned_replies", "cases", "chats_to_index", "chunk_terms", "chunk_vectors",
        "document_chunks", "document_lengths", "document_uploads", "documents",
        "early_statuses", "embedding_models", "erased_sids", "erasures",
        "evaluation_results", "evaluations", "feedback",
        "first_start", "gap_questions", "inbound_messages", "invitations",
        "knowledge_gaps", "login_attempts", "login_sessions", "media", "media_chunks",
        "media_contents", "opt_ins", "opt_outs", "products", "prompt_rules",
        "prompts", "proposal_sources", "proposals",
        "replay_answers", "replays", "reply_parts",
        "retention_places", "scheduled_messages", "second_factors", "spendings",
        "support_alerts", "support_messages", "support_sessions", "support_tickets",
        "tool_calls", "tool_pins", "user_aliases", "user_facts", "user_preferences",
        "userchats", "userchats_archive", "users",
    ]  # fmt: skip


def test_the_bot_may_pause_answers_and_nobody_else_may(shared: dict[str, str]) -> None:
    with closing(Database(shared["app"], Limits(connections=1))) as database:
        with database.transaction() as connection:
            assert pause(connection)
        with database.transaction() as connection:
            assert resume(connection)
    for role in ("console", "readonly"):
        paused = "UPDATE public.first_start SET paused_at = now()"
        assert refusal(shared[role], paused) in {DENIED, READ_ONLY}
