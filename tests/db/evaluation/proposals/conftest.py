"""A business for each test."""

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from tests.db.evaluation.proposals.happening import Business


@pytest.fixture
def business(database: Database, pg: PostgresChatStore) -> Business:
    return Business(database, pg)
