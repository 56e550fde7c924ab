"""The views that queries are written on are those of the database."""

import pytest
from sqlalchemy import Table, func, inspect, select

from db.database import DIALECT, Database
from db.models import metadata, users
from db.models.views import views


@pytest.mark.parametrize("view", views.sorted_tables, ids=lambda view: view.name)
def test_a_view_has_the_columns_that_are_told(database: Database, view: Table) -> None:
    with database.alchemy(30) as connection:
        inspector = inspect(connection)
        assert view.name in inspector.get_view_names(schema="public")
        found = inspector.get_columns(view.name, schema="public")
    told = [(column.name, str(column.type.compile(DIALECT))) for column in view.c]
    assert told == [(c["name"], str(c["type"].compile(DIALECT))) for c in found]


@pytest.mark.parametrize("view", views.sorted_tables, ids=lambda view: view.name)
def test_a_view_can_be_asked(database: Database, view: Table) -> None:
    assert database.rows(select(view)) == []


def test_a_view_is_no_table_that_alembic_makes() -> None:
    assert views.tables.keys().isdisjoint(metadata.tables)


def test_tables_are_asked_by_name(database: Database) -> None:
    query = select(func.count()).where(users.c.phone_number == "whatsapp:+1")
    assert database.scalar(query) == 0
