"""One bot on each store for all conversations; they use numbers of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from db.embedded.server import EmbeddedPostgres
from tests.conftest import new_database
from tests.house import House, NewHouse, living


@pytest.fixture(scope="session")
def new_house(
    postgres: EmbeddedPostgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> NewHouse:
    """Return how a bot with a database of its own is made."""

    @contextmanager
    def make(**extra: str) -> Iterator[House]:
        folder = tmp_path_factory.mktemp("house")
        template = f"TEMPLATE {migrated} STRATEGY file_copy"
        with (
            new_database(postgres, template) as url,
            living(House(folder, url, **extra)) as house,
        ):
            yield house

    return make


@pytest.fixture(scope="session")
def database_house(new_house: NewHouse) -> Iterator[House]:
    with new_house() as house:
        yield house


@pytest.fixture(scope="session")
def memory_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with living(House(tmp_path_factory.mktemp("house"), None)) as house:
        yield house


@pytest.fixture(params=["database", "memory"])
def house(request: pytest.FixtureRequest) -> House:
    found: House = request.getfixturevalue(f"{request.param}_house")
    found.llm.reset()
    return found
