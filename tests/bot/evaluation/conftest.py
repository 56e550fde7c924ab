"""A bakery for each test, on one stage."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.evaluation.bakery import Bakery
from tests.conversations.playing.stage import stage


@pytest.fixture
def bakery(database_url: str, tmp_path: Path) -> Iterator[Bakery]:
    with stage(database_url, tmp_path) as made:
        yield Bakery(made, tmp_path)
