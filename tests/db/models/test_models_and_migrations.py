"""The models tell what the migrations made: not more, not less, nothing else."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from db.database import Database
from db.migrations.catalog import Catalog, differences, read_catalog, read_wanted
from db.models import metadata
from tests.db.models.changes import (
    CHANGES,
    Change,
    add_a_column,
    change_a_comment,
    copy_models,
)
from tests.db.sql import opened


@pytest.fixture
def found(database: Database) -> Catalog:
    """What the migrations made."""
    with database.alchemy(30) as connection:
        return read_catalog(connection)


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Connection]:
    with opened(empty_database_url) as database, database.alchemy(30) as connection:
        yield connection


def alembic_sees(database: Database, models: MetaData) -> list[str]:
    with database.alchemy(30) as connection:
        connection.execute(text("SET LOCAL search_path TO public"))
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return [str(difference) for difference in compare_metadata(context, models)]


def test_alembic_sees_no_difference(database: Database) -> None:
    assert alembic_sees(database, metadata) == []


def test_the_catalog_shows_no_difference(found: Catalog, empty: Connection) -> None:
    assert differences(found, read_wanted(empty, metadata)) == []


def test_the_comparison_looks_at_everything(found: Catalog) -> None:
    kinds = [name.partition(" ")[0] for name in found]
    assert kinds.count("table") == len(metadata.tables)
    assert kinds.count("column") == sum(len(t.c) for t in metadata.tables.values())
    assert kinds.count("index") == sum(len(t.indexes) for t in metadata.tables.values())
    assert kinds.count("option") == 7
    definitions = {thing.definition.split()[0] for thing in found.values()}
    assert definitions >= {"PRIMARY", "FOREIGN", "UNIQUE", "CHECK"}
    assert "IDENTITY a" in found["column reply_parts.sequence"].definition


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_difference_is_reported(
    found: Catalog, empty: Connection, change: Change
) -> None:
    lines = differences(found, read_wanted(empty, copy_models(change)))
    assert {line[2:].partition(":")[0] for line in lines} == CHANGES[change]


@pytest.mark.parametrize("change", [add_a_column, change_a_comment])
def test_alembic_reports_a_difference(database: Database, change: Change) -> None:
    assert len(alembic_sees(database, copy_models(change))) == 1


def test_a_difference_shows_both_sides(found: Catalog, empty: Connection) -> None:
    wanted = read_wanted(empty, copy_models(change_a_comment))
    before, after = differences(found, wanted)
    was = "Who logs in does so with it; else what they told us. Unique."
    assert before == f"- column users.email: text COMMENT '{was}'"
    assert after.startswith("+ column users.email: text COMMENT 'What people like")
