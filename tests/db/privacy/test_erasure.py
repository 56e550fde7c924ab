"""One person wants to be forgotten; everybody else is left alone."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest

from db.address import parse_url
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.programs import bin_folder
from db.errors import OperatorError, StoreUnavailableError
from db.privacy.erasure import apply_tombstones, erase_person
from db.privacy.tombstones import read_tombstones, was_erased
from tests.db.privacy.planting import (
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
def session_timeout() -> timedelta:
    return LONG


def erase(database: Database) -> None:
    assert erase_person(database, find_cara(database), KEY) is not None


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


def counts(database: Database) -> dict[str, int]:
    query = 'SELECT count(*) FROM "{}"'
    return {t: value(database, query.format(t)) for t in values(database, TABLES)}


def users(database: Database) -> list[str]:
    return values(database, "SELECT phone_number FROM users ORDER BY created_at")


def test_nothing_of_her_is_left_anywhere_and_nothing_of_others_is_touched(
    database_url: str, database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hello from Ana")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message, text="Hello Ana"))
    before, anas = counts(database), rows(database, "SELECT * FROM userchats")
    plant(pg, database)
    planted = dump(database_url)
    user_id = str(find_cara(database))
    assert all(trace in planted for trace in (MARKER, DIGITS, user_id, "SMpart"))
    erase(database)
    left = dump(database_url)
    for trace in (MARKER, DIGITS, user_id, "SMpart", "SMforgotten", "SMarchived"):
        assert trace not in left
    nobodys = {"erasures": 3, "erased_sids": 4, "embedding_models": 1, "spendings": 1}
    nobodys |= {"broadcasts": 1, "replays": 1}
    nobodys |= {"evaluations": 1, "baselines": 1}
    assert counts(database) == {**before, **nobodys}
    assert rows(database, "SELECT * FROM userchats") == anas


def test_a_tombstone_tells_nobody_whose_it_is_without_the_key(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    erase(database)
    found = {tombstone.address_hash for tombstone in read_tombstones(database)}
    take_in(pg, said("again", CARA, other_address=CARAS_ID))
    erase(database)
    assert {t.address_hash for t in read_tombstones(database)} == found
    assert len(found) == 3


def test_whoever_writes_again_is_a_new_person(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    user_id = find_cara(database)
    erase(database)
    assert erase_person(database, user_id, KEY) is None
    take_in(pg, said("It is me", CARA))
    assert find_cara(database) != user_id
    assert apply_tombstones(database, KEY, []) == 0
    assert users(database) == [CARA]


def test_another_key_is_refused_and_nobody_is_erased(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", ANA))
    plant(pg, database)
    erase(database)
    ana = value(database, "SELECT user_id FROM users")
    with pytest.raises(OperatorError, match="made with another key"):
        erase_person(database, ana, b"some other key")
    with pytest.raises(OperatorError, match="made with another key"):
        apply_tombstones(database, b"some other key", [])
    assert users(database) == [ANA]


def test_what_a_restore_brings_back_is_erased_again(
    database_url: str, database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", ANA))
    plant(pg, database)
    erase(database)
    tombstones = list(read_tombstones(database))
    change(database, "DELETE FROM erasures")
    plant(pg, database)
    change(database, "UPDATE users SET created_at = now() - interval '1 day'")
    take_in(pg, said("Hi", BEN))
    assert apply_tombstones(database, KEY, iter(tombstones)) == 1
    assert users(database) == [ANA, BEN]
    assert MARKER not in dump(database_url)
    assert set(read_tombstones(database)) >= set(tombstones)
    assert apply_tombstones(database, KEY, tombstones) == 0


def test_a_number_that_was_handed_on_means_one_person(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("from the first holder", CARA))
    take_in(pg, said("from the second", CARAS_ID))
    take_in(pg, said("with her number now", CARA, other_address=CARAS_ID))
    second = value(
        database, "SELECT user_id FROM users WHERE phone_number = %(id)s", id=CARAS_ID
    )
    backup = rows(database, "SELECT user_id FROM users ORDER BY created_at")
    assert len(backup) == 2
    assert erase_person(database, second, KEY) is not None
    assert values(database, "SELECT content FROM chat_messages") == [
        "from the first holder"
    ]
    assert value(database, "SELECT count(*) FROM inbound_messages") == 1
    assert apply_tombstones(database, KEY, []) == 0
    assert users(database) == [CARA]


def test_a_message_that_meets_the_erasure_opens_a_fresh_user(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    user_id = find_cara(database)
    message = said("just now", CARA)
    hold = f"SELECT 1 FROM users WHERE user_id = '{user_id}' FOR KEY SHARE"  # noqa: S608
    erasing = threading.Thread(target=erase, args=(database,))
    refused: list[Exception] = []

    def arrive() -> None:
        try:
            pg.record_inbound(message)
        except StoreUnavailableError as error:
            refused.append(error)

    arriving = threading.Thread(target=arrive)
    with holding(database, hold):
        erasing.start()
        assert appears(lambda: len(waiting_backends(database)) == 1)
        arriving.start()
        assert appears(lambda: len(waiting_backends(database)) == 2)
    erasing.join()
    arriving.join()
    # Twilio gets a 503 then, and tries again.
    assert not refused or pg.record_inbound(message).is_new
    assert values(database, "SELECT content FROM chat_messages") == ["just now"]
    assert find_cara(database) != user_id


def test_a_message_that_was_faster_is_erased_with_the_rest(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = plant(pg, database)
    append = f"""
    WITH seen AS (
      INSERT INTO inbound_messages (message_sid, address) VALUES ('SMfast', '{CARA}'))
    UPDATE userchats SET messages = messages
      || '[{{"role": "user", "content": "fast", "message_sid": "SMfast"}}]'
    WHERE chat_id = '{chat_id}'"""  # noqa: S608
    erasing = threading.Thread(target=erase, args=(database,))
    with holding(database, append):
        erasing.start()
        assert appears(lambda: waiting_backends(database))
    erasing.join()
    assert users(database) == []
    assert value(database, "SELECT count(*) FROM inbound_messages") == 0


def test_an_answer_under_way_brings_nothing_back(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    message = said("What now?", BEN)
    chat_id = take_in(pg, message)
    ben = value(database, "SELECT user_id FROM users WHERE phone_number = %(a)s", a=BEN)
    assert erase_person(database, ben, KEY) is not None
    assert not pg.record_reply(chat_id, answer_to(message))
    assert pg.load_chat(chat_id) is None
    assert users(database) == [CARA]


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
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    with cara_talking(pg):
        for _ in range(5):
            assert appears(lambda: users(database))
            erase(database)
    if users(database):
        erase(database)
    left = {table: count for table, count in counts(database).items() if count}
    assert left.pop("erased_sids") > 2
    nobodys = (
        "alembic_version", "baselines", "broadcasts", "embedding_models", "evaluations",
        "first_start", "replays", "spendings",
    )  # fmt: skip
    assert left == {**dict.fromkeys(nobodys, 1), "erasures": 3}


def test_what_twilio_still_lists_of_her_is_not_taken_in_again(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    before = said("sent before", CARA)
    erase(database)
    after, other = said("sent after", CARA), said("of somebody else", ANA)
    told = [
        was_erased(database, KEY, [message.address], message.turn.timestamp)
        for message in (before, after, other)
    ]
    assert told == [True, False, False]
    by_the_id = ["whatsapp:US.OTHER", CARAS_ID]
    assert was_erased(database, KEY, by_the_id, before.turn.timestamp)
