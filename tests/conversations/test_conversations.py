"""Recorded conversations, each against the bot's real parts: see README.md here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded.server import EmbeddedPostgres
from tests.conftest import new_database
from tests.conversations.playing.playing import Player
from tests.conversations.playing.reading import read_conversation
from tests.conversations.playing.replaying import find_difference
from tests.conversations.playing.stage import Stage, stage

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))
LEAST = 60


@pytest.fixture(scope="module")
def played_on(
    postgres: EmbeddedPostgres,
    migrated: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """One stage for all conversations that this process plays."""
    options = f"TEMPLATE {migrated} STRATEGY file_copy"
    data = tmp_path_factory.mktemp("data")
    with new_database(postgres, options) as url, stage(url, data) as made:
        yield made


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_conversation(file: Path, played_on: Stage) -> None:
    try:
        talk = read_conversation(file)
        if not played_on.can(talk.needs):
            pytest.skip(f"nothing here reads: {', '.join(talk.needs)}")
        player = Player(played_on, talk)
        fault = player.find_fault() or find_difference(played_on, player.user_id)
    except AssertionError as error:  # in the file itself
        fault = str(error)
    if fault is not None:
        pytest.fail(fault, pytrace=False)


def test_there_are_many() -> None:
    assert len(FILES) >= LEAST
