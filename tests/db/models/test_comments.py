"""Everything in the database explains itself to a person at psql."""

import re
from collections.abc import Sequence
from dataclasses import fields

import pytest

from db.database import Database
from db.models import metadata
from db.records import Turn
from tests.db.sql import change, values

OURS = "(SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)')"
WITHOUT_COMMENT = {
    "tables, views, sequences, types of rows": """
        SELECT relname FROM pg_class
        WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'c') AND relnamespace IN OURS
          AND obj_description(oid, 'pg_class') IS NULL
          AND NOT EXISTS (SELECT FROM pg_type  -- a type of rows says it there
                          WHERE typrelid = pg_class.oid AND relkind = 'c'
                            AND obj_description(pg_type.oid, 'pg_type') IS NOT NULL)
          AND NOT EXISTS (SELECT FROM pg_depend  -- an identity column's own
                          WHERE objid = pg_class.oid AND deptype = 'i'
                            AND relkind = 'S')""",
    "columns": """
        SELECT relname || '.' || attname
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relkind IN ('r', 'p', 'v', 'm', 'c') AND relnamespace IN OURS
          AND attnum > 0 AND NOT attisdropped
          AND col_description(attrelid, attnum) IS NULL""",
    "functions": """
        SELECT proname FROM pg_proc
        WHERE pronamespace IN OURS AND obj_description(oid, 'pg_proc') IS NULL""",
    "triggers": """
        SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace IN OURS AND NOT tgisinternal
          AND obj_description(pg_trigger.oid, 'pg_trigger') IS NULL""",
    "types": """
        SELECT typname FROM pg_type
        WHERE typnamespace IN OURS AND typtype IN ('e', 'd', 'r')
          AND obj_description(oid, 'pg_type') IS NULL""",
    "schemas": """
        SELECT nspname FROM pg_namespace
        WHERE oid IN OURS AND obj_description(oid, 'pg_namespace') IS NULL""",
}  # fmt: skip
UNCOMMENTED = {
    "tables, views, sequences, types of rows": (
        "CREATE VIEW bare AS SELECT 1 AS one", ["bare"]),
    "columns": ("CREATE VIEW bare AS SELECT 1 AS one", ["bare.one"]),
    "functions": ("CREATE FUNCTION bare() RETURNS int RETURN 1", ["bare"]),
    "triggers": (
        """CREATE TRIGGER bare BEFORE UPDATE ON opt_outs
        FOR EACH ROW EXECUTE FUNCTION set_updated_at()""", ["bare"]),
    "types": ("CREATE TYPE bare AS ENUM ('a')", ["bare"]),
    "schemas": ("COMMENT ON SCHEMA procrastinate IS NULL", ["procrastinate"]),
}  # fmt: skip


def found(database: Database, kind: str) -> Sequence[str]:
    return values(database, WITHOUT_COMMENT[kind].replace("OURS", OURS))


@pytest.mark.parametrize("kind", WITHOUT_COMMENT)
def test_everything_carries_a_comment(database: Database, kind: str) -> None:
    assert found(database, kind) == []


@pytest.mark.parametrize("kind", UNCOMMENTED)
def test_what_carries_none_is_found(database: Database, kind: str) -> None:
    statement, names = UNCOMMENTED[kind]
    change(database, statement)
    assert found(database, kind) == names


def test_comments_are_sentences_for_people(database: Database) -> None:
    query = """
        SELECT relname || '.' || attname || ': ' || description
        FROM pg_description JOIN pg_class ON pg_class.oid = objoid
        LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
          AND description !~ '[.…]$'
    """
    assert values(database, query) == []


def test_a_transcripts_comment_names_all_that_a_message_may_hold() -> None:
    told = str(metadata.tables["userchats"].c.messages.comment)
    words = set(re.findall(r"\w+", told))
    assert {field.name for field in fields(Turn)} <= words
