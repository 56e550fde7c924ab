"""Somebody kept the webhooks of a person who was erased, and sends them again."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.backups.reset import reset
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.errors import StoreUnavailableError
from db.privacy.erasure import erase_again, erase_person
from db.privacy.tombstones import Graveyard
from db.records import InboundMessage
from tests.conftest import new_database
from tests.db.privacy.aging import AGES, DAY, run
from tests.db.privacy.planting import CARA, LONG, find_cara, plant
from tests.db.sql import (
    appears,
    change,
    holding,
    opened,
    take_in,
    value,
    values,
    waiting_backends,
)
from tests.records import ANA, said

KEY = b"the key of the tests"
GRAVEYARD = Graveyard(Path("/nowhere/erasures.jsonl"), KEY)
# Of the transcripts, the archive too, and of the keys against repeats.
SIDS = """
SELECT message_sid FROM inbound_messages
UNION SELECT message_sid FROM chat_messages WHERE message_sid IS NOT NULL
"""
DROPPED = "erased webhook keys dropped"


@pytest.fixture
def session_timeout() -> timedelta:
    return LONG


@pytest.fixture
def restored(postgres: EmbeddedPostgres, migrated: str) -> Iterator[Database]:
    """A second database, as a restore makes one."""
    options = f"TEMPLATE {migrated} STRATEGY file_copy"
    with new_database(postgres, options) as url, opened(url) as database:
        yield database


def erase(database: Database) -> None:
    assert erase_person(database, find_cara(database), KEY) is not None


def again(sid: str) -> InboundMessage:
    return said("as it was sent before", CARA, message_sid=sid, profile_name="Cara")


def users(database: Database) -> list[str]:
    return values(database, "SELECT phone_number FROM users")


def test_a_webhook_that_is_sent_again_brings_nobody_back(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    sids = values(database, SIDS)
    assert {"SMarchived", "SMforgotten"} < set(sids)
    erase(database)
    assert [sid for sid in sids if pg.record_inbound(again(sid)).is_new] == []
    assert users(database) == []
    assert value(database, "SELECT count(*) FROM inbound_messages") == 0
    assert pg.find_unknown([*sids, "SMnew"]) == {"SMnew"}
    take_in(pg, said("It is me, and this is new", CARA))
    assert users(database) == [CARA]


def test_a_repeat_that_meets_the_erasure_brings_nobody_back(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hi", CARA)
    take_in(pg, message)
    plant(pg, database)
    refused: list[Exception] = []

    def repeat() -> None:
        try:
            pg.record_inbound(message)
        except StoreUnavailableError as error:
            refused.append(error)

    erasing = threading.Thread(target=erase, args=(database,))
    repeating = threading.Thread(target=repeat)
    # The erasure has deleted the key against repeats, and is not through yet.
    with holding(database, "SELECT 1 FROM opt_outs FOR UPDATE"):
        erasing.start()
        assert appears(lambda: len(waiting_backends(database)) == 1)
        repeating.start()
        assert appears(lambda: len(waiting_backends(database)) == 2)
    erasing.join()
    repeating.join()
    # Twilio gets a 503 then, and tries again.
    assert not refused or not pg.record_inbound(message).is_new
    assert users(database) == []


def test_a_repeat_that_meets_the_erasure_of_one_who_is_known_again_is_refused(
    database: Database, pg: PostgresChatStore
) -> None:
    old, new = said("Hi", CARA), said("It is me", CARA)
    take_in(pg, old)
    take_in(pg, new)
    new_again: list[bool] = []
    repeating = threading.Thread(
        target=lambda: new_again.append(pg.record_inbound(old).is_new)
    )
    theirs = {"sid": old.message_sid}
    delete = "DELETE FROM inbound_messages WHERE message_sid = %(sid)s"
    with database.transaction(idle_seconds=60) as erasing:
        erasing.count("INSERT INTO erased_sids VALUES (hash_sid(%(sid)s))", theirs)
        erasing.count(delete, theirs)
        repeating.start()
        assert appears(lambda: len(waiting_backends(database)) == 1)
    repeating.join()
    assert new_again == [False]
    assert values(database, "SELECT message_sid FROM inbound_messages") == [
        new.message_sid
    ]


def test_a_restored_database_is_told_what_was_erased_since(
    database: Database, restored: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    sids = values(database, SIDS)
    erase(database)
    assert erase_again(database, restored, GRAVEYARD) == 0
    store = PostgresChatStore(restored, LONG)
    assert [sid for sid in sids if store.record_inbound(again(sid)).is_new] == []
    kept = "SELECT sid_hash, erased_at FROM erased_sids ORDER BY 1"
    assert restored.rows(kept) == database.rows(kept)


def test_what_tombstones_erase_from_a_restored_database_stays_out_of_it(
    database: Database, restored: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", CARA))
    erase(database)
    store = PostgresChatStore(restored, LONG)
    message = said("in the backup", CARA)
    take_in(store, message)
    change(restored, "UPDATE users SET created_at = now() - interval '1 day'")
    assert erase_again(database, restored, GRAVEYARD) == 1
    assert not store.record_inbound(message).is_new
    assert users(restored) == []


def test_a_database_in_use_that_is_older_tells_nothing(
    database: Database, restored: Database
) -> None:
    change(database, "DROP TABLE erased_sids")
    assert erase_again(database, restored, GRAVEYARD) == 0
    assert erase_again(None, restored, GRAVEYARD) == 0


@pytest.mark.parametrize(("set_to", "kept"), [(7, 30), (60, 60)])
def test_hashes_are_kept_as_long_as_keys_of_webhooks_and_a_month_at_least(
    database: Database, set_to: int, kept: int
) -> None:
    for days in (kept - 1, kept + 1):
        change(
            database,
            "INSERT INTO erased_sids VALUES (hash_sid('SM' || %(days)s::int), "
            "now() - make_interval(days => %(days)s))",
            days=days,
        )
    ages = replace(AGES, drop_records=set_to * DAY)
    assert run(database, ages) == {DROPPED: 1}
    found = values(database, "SELECT sid_hash FROM erased_sids")
    young = "SELECT hash_sid('SM' || %(days)s::int)"
    assert found == [value(database, young, days=kept - 1)]


def test_starting_empty_forgets_none_of_them(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hi", CARA)
    take_in(pg, message)
    erase(database)
    reset(database)
    assert not pg.record_inbound(message).is_new
    assert pg.record_inbound(said("Hi", ANA)).is_new
