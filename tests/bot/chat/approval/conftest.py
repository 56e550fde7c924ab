"""A guest for each test."""

from collections.abc import Iterator

import pytest

from db.database import Database
from tests.bot.chat.approval.diners import Diner
from tests.bot.llm.clients import client_of
from tests.scripted_llm import ScriptedLLM


@pytest.fixture(scope="session")
def llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as scripted:
        yield scripted


@pytest.fixture
def ana(llm: ScriptedLLM, database: Database) -> Iterator[Diner]:
    llm.reset()
    with client_of(llm.base_url) as client:
        yield Diner(llm, client, database)
