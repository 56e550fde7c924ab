"""Which databases restores left: names are read as they were given, and no others."""

from datetime import UTC, datetime

import pytest

from db.beside.left import Left, find_beside, name_beside
from db.database import Database
from tests.db.backups.kept import leaving_no_databases
from tests.db.sql import PATIENT, change

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG = "a_bot_with_a_name_that_takes_nearly_all_the_room_there_is_é"


@pytest.fixture
def near(database: Database) -> list[str]:
    """Databases that stand near, none of which a restore of ours left."""
    name = database.name
    return [f"{name}_x_before_20261124120000", f"{name}_before_20261399000000"]


def test_what_restores_left_is_found_and_nothing_else(
    database: Database, near: list[str]
) -> None:
    mine = [
        Left(name_beside(database.name, "before", NOON), "before", NOON),
        Left(name_beside(database.name, "restored", NOON), "restored", NOON),
    ]
    with leaving_no_databases(database), database.maintenance(PATIENT) as beside:
        for made in [*near, *(left.name for left in mine)]:
            change(beside, f'CREATE DATABASE "{made}" STRATEGY file_copy')
        assert find_beside(database) == mine


@pytest.mark.parametrize("live", ["bot", "_before_", LONG, LONG + "é", "x" * 63])
def test_a_name_of_any_length_fits_and_is_its_own(live: str) -> None:
    names = {name_beside(live, "drill", NOON), name_beside(live, "before", NOON)}
    others = {name_beside(live[:-1] + "y", kind, NOON) for kind in ("drill", "before")}
    assert all(len(name.encode()) <= 63 for name in names)
    assert len(names | others) == 4
