"""An LLM's server that says what a test tells it to."""

from collections.abc import Iterator

import pytest

from tests.scripted_llm import ScriptedLLM


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as scripted:
        yield scripted
