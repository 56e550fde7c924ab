"""One person wants to be forgotten; everybody else is left alone."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import Engine

from db.embedded.programs import bin_folder
from db.engine import parse_url
from db.errors import OperatorError
from db.operations.erasure import apply_tombstones, erase_person
from db.operations.forgetting import ForgettingChatStore
from db.operations.tombstones import read_tombstones
from db.postgres import PostgresChatStore
from db.store import StoreUnavailableError
from tests.db.operations.planting import (
    CARA,
    CARAS_ID,
    DIGITS,
    LONG,
    MARKER,
    find_cara,
    plant,
)
from tests.db.sql import (
    appears,
    change,
    holding,
    rows,
    take_in,
    value,
    values,
    waiting_backends,
)
from tests.records import ANA, BEN, answer_to, said

KEY = b"the key of the tests"
TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r'
  AND relnamespace IN ('public'::regnamespace, 'procrastinate'::regnamespace)
"""


@pytest.fixture
def pg(engine: Engine) -> PostgresChatStore:
    return PostgresChatStore(engine, LONG)


def erase(url: str, engine: Engine) -> None:
    assert erase_person(url, find_cara(engine), KEY) is not None


def dump(url: str) -> str:
    """Return the whole database as pg_dump writes it."""
    parsed = parse_url(url)
    command = [str(bin_folder() / "pg_dump"), "-d", str(parsed.database)]
    known = {
        "PGHOST": str(parsed.host),
        "PGPORT": str(parsed.port),
        "PGUSER": str(parsed.username),
        "PGPASSWORD": str(parsed.password or ""),
    }
    run: subprocess.CompletedProcess[str] = subprocess.run(
        command, env={**os.environ, **known}, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def counts(engine: Engine) -> dict[str, int]:
    query = 'SELECT count(*) FROM "{}"'
    return {t: value(engine, query.format(t)) for t in values(engine, TABLES)}


def users(engine: Engine) -> list[str]:
    return values(engine, "SELECT phone_number FROM users ORDER BY created_at")


def test_nothing_of_her_is_left_anywhere_and_nothing_of_others_is_touched(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    message = said("Hello from Ana")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message, text="Hello Ana"))
    before, anas = counts(engine), rows(engine, "SELECT * FROM userchats")
    plant(pg, engine)
    planted = dump(database_url)
    user_id = str(find_cara(engine))
    assert all(trace in planted for trace in (MARKER, DIGITS, user_id, "SMpart"))
    erase(database_url, engine)
    left = dump(database_url)
    for trace in (MARKER, DIGITS, user_id, "SMpart", "SMforgotten", "SMarchived"):
        assert trace not in left
    assert counts(engine) == {**before, "erasures": 2}
    assert rows(engine, "SELECT * FROM userchats") == anas


def test_a_tombstone_tells_nobody_whose_it_is_without_the_key(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    plant(pg, engine)
    erase(database_url, engine)
    found = {tombstone.address_hash for tombstone in read_tombstones(database_url)}
    take_in(pg, said("again", CARA, other_address=CARAS_ID))
    erase(database_url, engine)
    assert {t.address_hash for t in read_tombstones(database_url)} == found
    assert len(found) == 2


def test_whoever_writes_again_is_a_new_person(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    plant(pg, engine)
    user_id = find_cara(engine)
    erase(database_url, engine)
    assert erase_person(database_url, user_id, KEY) is None
    take_in(pg, said("It is me", CARA))
    assert find_cara(engine) != user_id
    assert apply_tombstones(database_url, KEY, []) == 0
    assert users(engine) == [CARA]


def test_another_key_is_refused_and_nobody_is_erased(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", ANA))
    plant(pg, engine)
    erase(database_url, engine)
    ana = value(engine, "SELECT user_id FROM users")
    with pytest.raises(OperatorError, match="made with another key"):
        erase_person(database_url, ana, b"some other key")
    with pytest.raises(OperatorError, match="made with another key"):
        apply_tombstones(database_url, b"some other key", [])
    assert users(engine) == [ANA]


def test_what_a_restore_brings_back_is_erased_again(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", ANA))
    plant(pg, engine)
    erase(database_url, engine)
    tombstones = list(read_tombstones(database_url))
    change(engine, "DELETE FROM erasures")
    plant(pg, engine)
    change(engine, "UPDATE users SET created_at = now() - interval '1 day'")
    take_in(pg, said("Hi", BEN))
    assert apply_tombstones(database_url, KEY, iter(tombstones)) == 1
    assert users(engine) == [ANA, BEN]
    assert MARKER not in dump(database_url)
    assert set(read_tombstones(database_url)) >= set(tombstones)
    assert apply_tombstones(database_url, KEY, tombstones) == 0


def test_a_number_that_was_handed_on_means_one_person(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    take_in(pg, said("from the first holder", CARA))
    take_in(pg, said("from the second", CARAS_ID))
    take_in(pg, said("with her number now", CARA, other_address=CARAS_ID))
    second = value(
        engine, "SELECT user_id FROM users WHERE phone_number = :id", id=CARAS_ID
    )
    backup = rows(engine, "SELECT user_id FROM users ORDER BY created_at")
    assert len(backup) == 2
    assert erase_person(database_url, second, KEY) is not None
    assert values(engine, "SELECT content FROM chat_messages") == [
        "from the first holder"
    ]
    assert value(engine, "SELECT count(*) FROM inbound_messages") == 1
    assert apply_tombstones(database_url, KEY, []) == 0
    assert users(engine) == [CARA]


def test_a_message_that_meets_the_erasure_opens_a_fresh_user(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    plant(pg, engine)
    user_id = find_cara(engine)
    message = said("just now", CARA)
    hold = f"SELECT 1 FROM users WHERE user_id = '{user_id}' FOR KEY SHARE"  # noqa: S608
    erasing = threading.Thread(target=erase, args=(database_url, engine))
    refused: list[Exception] = []

    def arrive() -> None:
        try:
            pg.record_inbound(message)
        except StoreUnavailableError as error:
            refused.append(error)

    arriving = threading.Thread(target=arrive)
    with holding(engine, hold):
        erasing.start()
        assert appears(lambda: len(waiting_backends(engine)) == 1)
        arriving.start()
        assert appears(lambda: len(waiting_backends(engine)) == 2)
    erasing.join()
    arriving.join()
    # Twilio gets a 503 then, and tries again.
    assert not refused or pg.record_inbound(message).is_new
    assert values(engine, "SELECT content FROM chat_messages") == ["just now"]
    assert find_cara(engine) != user_id


def test_a_message_that_was_faster_is_erased_with_the_rest(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    chat_id = plant(pg, engine)
    append = f"""
    WITH seen AS (
      INSERT INTO inbound_messages (message_sid, address) VALUES ('SMfast', '{CARA}'))
    UPDATE userchats SET messages = messages
      || '[{{"role": "user", "content": "fast", "message_sid": "SMfast"}}]'
    WHERE chat_id = '{chat_id}'"""  # noqa: S608
    erasing = threading.Thread(target=erase, args=(database_url, engine))
    with engine.connect() as connection:
        with connection.begin():
            connection.exec_driver_sql(append)
            erasing.start()
            assert appears(lambda: waiting_backends(engine))
        erasing.join()
    assert users(engine) == []
    assert value(engine, "SELECT count(*) FROM inbound_messages") == 0


def test_an_answer_under_way_brings_nothing_back(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    plant(pg, engine)
    message = said("What now?", BEN)
    chat_id = take_in(pg, message)
    ben = value(engine, "SELECT user_id FROM users WHERE phone_number = :a", a=BEN)
    assert erase_person(database_url, ben, KEY) is not None
    assert not pg.record_reply(chat_id, answer_to(message))
    assert pg.load_chat(chat_id) is None
    assert users(engine) == [CARA]


@contextmanager
def cara_talking(pg: PostgresChatStore) -> Iterator[None]:
    """Have four threads take her messages in and answer them, on and on."""
    enough = threading.Event()

    def talk() -> None:
        while not enough.is_set():
            message = said("and on", CARA, profile_name=MARKER)
            with suppress(StoreUnavailableError):
                chat_id = pg.record_inbound(message).chat_id or ""
                pg.record_reply(chat_id, answer_to(message))

    threads = [threading.Thread(target=talk) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def test_answers_messages_and_an_erasure_at_once_leave_no_crumbs(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    plant(pg, engine)
    with cara_talking(pg):
        for _ in range(5):
            assert appears(lambda: users(engine))
            erase(database_url, engine)
    if users(engine):
        erase(database_url, engine)
    left = {table: count for table, count in counts(engine).items() if count}
    assert left == {"alembic_version": 1, "erasures": 2}


def test_what_twilio_still_lists_of_her_is_not_taken_in_again(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    plant(pg, engine)
    before = said("sent before", CARA)
    erase(database_url, engine)
    store = ForgettingChatStore(engine, LONG, lambda: KEY)
    assert not store.record_inbound(before).is_new
    assert store.record_inbound(said("sent after", CARA)).is_new
    assert store.record_inbound(said("of somebody else", ANA)).is_new
    keyless = ForgettingChatStore(engine, LONG, lambda: None)
    assert keyless.record_inbound(said("Hi", BEN)).is_new
