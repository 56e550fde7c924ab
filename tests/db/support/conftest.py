"""What operators do, in tests of many files."""

import pytest

from db.database import Database
from db.support.owners import Owners


@pytest.fixture
def owners(database: Database) -> Owners:
    """Takes chats, and waits for a moment only for what is under way."""
    return Owners(database, under_way_seconds=0.2)
