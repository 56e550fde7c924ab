"""The whole bot as the role that may do least."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.database import Database
from tests.db.access.logins import three_roles
from tests.db.sql import value
from tests.house import House, eventually, living

HEARTBEAT = "heartbeat"
STATUS = "SELECT status FROM reply_parts ORDER BY sequence DESC LIMIT 1"


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with (
        three_roles(database_url) as urls,
        living(
            House(
                tmp_path, urls["app"], WORKER_HEARTBEAT_FILE=str(tmp_path / HEARTBEAT)
            )
        ) as house,
    ):
        yield house


def test_a_conversation_works_as_the_app_role(house: House, database: Database) -> None:
    ana = house.phone()
    ana.says("When do you open?")
    assert ana.hears() == ["You said: When do you open?"]
    eventually(lambda: value(database, STATUS) in {"delivered", "read"})
    ana.says("/new")
    assert len(ana.hears()) == 1
    ana.says("Do you sell bread?")
    assert ana.hears() == ["You said: Do you sell bread?"]
    assert value(database, "SELECT count(*) FROM userchats") == 2
    ana.says("STOP")
    assert len(ana.hears()) == 1
    assert value(database, "SELECT count(*) FROM opt_outs") == 1
    ana.says("START")
    assert len(ana.hears()) == 1
    assert value(database, "SELECT count(*) FROM opt_outs") == 0
    reconciled = house.bot("reconcile")
    assert reconciled.returncode == 0, reconciled.stderr
    assert (house.folder / HEARTBEAT).exists()
    assert "permission denied" not in house.log("web") + house.log("worker")
