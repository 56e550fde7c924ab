"""Erasing reaches the databases that restores left beside the live one."""

from datetime import timedelta
from pathlib import Path

import pytest

from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.beside import IN_USE, Beside, erase_beside
from db.privacy.erasure import erase_person
from db.privacy.tombstones import Graveyard
from tests.db.access.logins import three_roles
from tests.db.privacy.copies import left_beside
from tests.db.privacy.planting import CARA, LONG, find_cara, plant
from tests.db.sql import change, opened, take_in, value, values
from tests.house import eventually
from tests.records import ANA, said

KEY = b"the key of the tests"
GRAVEYARD = Graveyard(Path("/nowhere/erasures.jsonl"), KEY)


@pytest.fixture
def session_timeout() -> timedelta:
    return LONG


def users(database: Database) -> list[str]:
    return values(database, "SELECT phone_number FROM users ORDER BY 1")


def erase(database: Database) -> list[Beside]:
    """Erase Cara everywhere; return what became of the databases beside."""
    assert erase_person(database, find_cara(database), KEY) is not None
    return list(erase_beside(database, GRAVEYARD))


def test_whoever_is_erased_is_erased_from_what_a_restore_left(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", ANA))
    plant(pg, database)
    with left_beside(database) as beside:
        message = said("after the restore", CARA)
        take_in(pg, message)
        assert erase(database) == [Beside(name=beside.name, people=1)]
        assert users(beside) == users(database) == [ANA]
        cleaned = "SELECT last_vacuum FROM pg_stat_user_tables WHERE relname = 'users'"
        assert value(beside, cleaned) is not None
        # Should it become the live one again.
        store = PostgresChatStore(beside, LONG)
        assert not store.record_inbound(message).is_new


def test_the_next_erasure_reaches_what_an_earlier_one_did_not(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", ANA))
    plant(pg, database)
    with left_beside(database) as beside:
        assert erase_person(database, find_cara(database), KEY) is not None
        assert users(beside) == [ANA, CARA]
        ana = value(database, "SELECT user_id FROM users")
        assert erase_person(database, ana, KEY) is not None
        assert [done.people for done in erase_beside(database, GRAVEYARD)] == [2]
        assert [done.people for done in erase_beside(database, GRAVEYARD)] == [0]


def test_one_at_an_older_migration_is_named_and_left_alone(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", CARA))
    with left_beside(database) as beside:
        schema.downgrade(beside, "0012")
        (done,) = erase(database)
        assert done.fault is not None
        assert "at migration 0012" in done.fault
        assert users(beside) == [CARA]


def test_one_that_this_role_may_not_enter_is_named(
    database: Database, database_url: str, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", CARA))
    with left_beside(database) as beside, three_roles(database_url) as urls:
        change(beside, f'REVOKE CONNECT ON DATABASE "{beside.name}" FROM PUBLIC')
        with opened(urls["app"]) as app:
            (done,) = erase(app)
        assert done.fault is not None
        assert "permission denied for database" in done.fault
        assert users(beside) == [CARA]


def test_what_a_restore_is_filling_is_not_touched(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", CARA))
    with left_beside(database, "restored") as beside:
        with beside.transaction(idle_seconds=60) as restoring:
            restoring.scalar("SELECT 1")
            (done,) = erase(database)
        assert done.fault is not None
        assert "if that is a restore" in done.fault
        assert value(beside, "SELECT count(*) FROM erasures") == 0
        beside.close()
        in_use = {"name": beside.name}
        eventually(lambda: not database.scalar(IN_USE, in_use))  # a moment later
        (done,) = erase_beside(database, GRAVEYARD)
        assert done == Beside(name=beside.name, people=1)


def test_another_key_is_told(database: Database, pg: PostgresChatStore) -> None:
    take_in(pg, said("Hi", CARA))
    with left_beside(database) as beside:
        change(beside, "INSERT INTO erasures (address_hash) VALUES ('other: abc')")
        (done,) = erase(database)
        assert "made with another key" in str(done.fault)
        assert users(beside) == [CARA]
