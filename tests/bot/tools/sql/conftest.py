"""One shop's database for all tests of SQL tools."""

from collections.abc import Iterator

import pytest

from db.embedded.server import EmbeddedPostgres
from tests.bot.tools.sql.shop_database import Shop, shop_in
from tests.conftest import new_database
from tests.db.sql import opened


@pytest.fixture(scope="package")
def shop(postgres: EmbeddedPostgres, migrated: str) -> Iterator[Shop]:
    with (
        new_database(postgres, f"TEMPLATE {migrated} STRATEGY file_copy") as url,
        opened(url) as owner,
        shop_in(owner) as shop,
    ):
        yield shop
