"""A guest for each test."""

from collections.abc import Iterator

import pytest

from db.database import Database
from tests.bot.chat.acting.diner import Guest
from tests.bot.llm.clients import client_of
from tests.scripted_llm import ScriptedLLM


@pytest.fixture(scope="session")
def diner_llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as scripted:
        yield scripted


@pytest.fixture
def ana(diner_llm: ScriptedLLM, database: Database) -> Iterator[Guest]:
    diner_llm.reset()
    with client_of(diner_llm.base_url) as client:
        yield Guest(diner_llm, client, database)
