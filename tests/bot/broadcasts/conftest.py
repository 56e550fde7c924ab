"""A sender of broadcasts for each test."""

import pytest

from db.database import Database
from tests.bot.broadcasts.sender import Sending


@pytest.fixture
def sending(database: Database) -> Sending:
    return Sending(database)
