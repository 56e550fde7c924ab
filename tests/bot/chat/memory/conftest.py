"""A scripted LLM, and a talk that it answers and sums up."""

from collections.abc import Iterator

import pytest

from db.database import Database
from tests.bot.chat.memory.talker import Talker
from tests.bot.llm.clients import client_of
from tests.scripted_llm import ScriptedLLM


@pytest.fixture
def ana(server: ScriptedLLM, database: Database) -> Iterator[Talker]:
    with client_of(server.base_url) as llm:
        yield Talker(database, llm)
