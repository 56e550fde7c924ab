"""What Twilio lists and we never heard of; but nothing of people who were erased."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from bot.settings import Settings, TwilioParts
from bot.whatsapp.borders import find_moved_border
from bot.whatsapp.outcomes import DeliveryError
from bot.whatsapp.reconciliation import Reconciliation
from bot.whatsapp.twilio import TwilioClient
from bot.wiring.whatsapp.reconciling import build_reconciliation
from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.privacy.tombstones import Tombstone, hash_address, record_tombstones
from db.records import DeliveryStatus
from tests.bot.log_lines import recorded_log
from tests.bot.whatsapp.scripted_twilio import (
    TOO_MANY,
    Exchange,
    ScriptedTwilio,
    exchange,
)
from tests.db.backups.kept import leaving_no_databases
from tests.db.backups.times import Times
from tests.db.parts import replied
from tests.db.sql import change, take_in, values
from tests.records import ANA, BEN, new_sid, said

OURS = "whatsapp:+14155238886"
OTHER = "whatsapp:+14155550000"
KEY = "the-key-of-this-test"
HOUR = timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[Exchange]:
    with exchange() as server:
        server.twilio = ScriptedTwilio()
        yield server


@pytest.fixture
def settings(
    monkeypatch: pytest.MonkeyPatch, server: Exchange, tmp_path: Path
) -> Settings:
    known = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_WHATSAPP_NUMBER": OURS,
        "TWILIO_API_BASE_URL": server.url,
        "PUBLIC_BASE_URL": "https://bot.example",
        "DATA_FOLDER": str(tmp_path),
    }
    for name, value in known.items():
        monkeypatch.setenv(name, value)
    return Settings.from_env()


def lists(
    server: Exchange, address: str, body: str, ago: timedelta, **more: str
) -> None:
    """Have Twilio list a message of a user, sent so long ago."""
    sent = (datetime.now(UTC) - ago).strftime("%a, %d %b %Y %H:%M:%S +0000")
    told = {"sid": new_sid(), "from": address, "to": OURS, "body": body, **more}
    times = {"date_sent": sent, "date_created": sent}
    server.twilio.taken.append({**told, **times, "direction": "inbound"})


def answers(server: Exchange, address: str, ago: timedelta, **more: str) -> str:
    """Have Twilio list a message to a user, sent so long ago; return its SID."""
    sent = (datetime.now(UTC) - ago).strftime("%a, %d %b %Y %H:%M:%S +0000")
    told = {"sid": new_sid(), "to": address, "status": "delivered", "body": "Yes."}
    times = {"date_sent": sent, "date_created": sent}
    server.twilio.taken.append({**told, **times, "direction": "outbound-api", **more})
    return told["sid"]


def started(database: Database, ago: timedelta) -> None:
    """Have the database been made so long ago."""
    earlier = "UPDATE first_start SET started_at = now() - %(ago)s"
    assert change(database, earlier, ago=ago) == 1


def bury(database: Database, address: str, ago: timedelta) -> None:
    """Have somebody been erased so long ago."""
    erased_at = datetime.now(UTC) - ago
    stone = Tombstone(hash_address(KEY.encode(), address), erased_at)
    with database.transaction() as connection:
        record_tombstones(connection, [stone])


def reconciliation_of(settings: Settings, database: Database) -> Reconciliation:
    account = settings.parts(TwilioParts).twilio
    twilio = TwilioClient(account, settings.public_base_url)
    return build_reconciliation(settings, database, twilio)


def texts(database: Database) -> list[str]:
    return values(database, "SELECT content FROM chat_messages ORDER BY content")


def test_what_came_before_an_erasure_is_left_and_what_came_after_is_taken_in(
    server: Exchange,
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ERASURE_KEY", KEY)
    started(database, timedelta(days=9))
    bury(database, ANA, HOUR)
    lists(server, ANA, "sent before", 2 * HOUR)
    lists(server, ANA, "sent after", HOUR / 2)
    lists(server, BEN, "of somebody else", 2 * HOUR)
    reconciliation = reconciliation_of(Settings.from_env(), database)
    assert reconciliation.run(timedelta(days=1)) == 2
    assert texts(database) == ["of somebody else", "sent after"]
    assert reconciliation.run(timedelta(days=1)) == 0


def test_where_there_is_no_key_nobody_was_erased_and_all_is_taken_in(
    server: Exchange, settings: Settings, database: Database
) -> None:
    started(database, timedelta(days=9))
    lists(server, ANA, "Hello", HOUR)
    assert reconciliation_of(settings, database).run(timedelta(days=1)) == 1
    assert texts(database) == ["Hello"]


def test_a_text_that_no_webhook_may_bring_is_taken_in_from_twilios_list(
    server: Exchange, settings: Settings, database: Database
) -> None:
    text = f"What does From{BEN}MessageSid{new_sid()} mean?"
    assert find_moved_border(MultiDict({"From": ANA, "Body": text}))
    started(database, timedelta(days=9))
    lists(server, ANA, text, HOUR)
    assert reconciliation_of(settings, database).run(timedelta(days=1)) == 1
    assert texts(database) == [text]


def test_a_first_start_takes_in_nothing_that_is_older_than_the_database(
    server: Exchange, settings: Settings, database: Database
) -> None:
    started(database, HOUR)
    lists(server, ANA, "to whoever had the number then", 5 * HOUR)
    lists(server, BEN, "to us", HOUR / 2)
    assert reconciliation_of(settings, database).run(timedelta(days=1)) == 1
    assert texts(database) == ["to us"]


def test_a_new_database_is_as_old_as_its_migration(
    server: Exchange, settings: Settings, database: Database
) -> None:
    lists(server, ANA, "before", HOUR)
    lists(server, ANA, "now", timedelta())
    assert reconciliation_of(settings, database).run(timedelta(days=1)) == 1
    assert texts(database) == ["now"]


def test_what_somebody_else_has_answered_is_left_alone_and_told(
    server: Exchange, settings: Settings, database: Database
) -> None:
    started(database, timedelta(days=9))
    lists(server, ANA, "asked and answered", 2 * HOUR)
    answers(server, ANA, HOUR)
    reconciliation = reconciliation_of(settings, database)
    with recorded_log() as log:
        assert reconciliation.run(timedelta(days=1)) == 0
    assert texts(database) == []
    (line,) = [line for line in log.lines if line["level"] == "ERROR"]
    assert line["message"].startswith("another instance seems to be at work")


def test_an_answer_before_it_or_one_that_failed_is_none(
    server: Exchange, settings: Settings, database: Database
) -> None:
    started(database, timedelta(days=9))
    answers(server, ANA, 3 * HOUR)
    lists(server, ANA, "still open", 2 * HOUR)
    answers(server, ANA, HOUR, status="failed")
    assert reconciliation_of(settings, database).run(timedelta(days=1)) == 1


def test_our_own_answer_to_a_later_message_is_nobody_elses(
    server: Exchange,
    settings: Settings,
    database: Database,
    pg: PostgresChatStore,
    outbox: PostgresOutbox,
) -> None:
    started(database, timedelta(days=9))
    (part,) = replied(pg, outbox, "Yes.", to=ANA)
    lists(server, ANA, "its webhook was lost", 2 * HOUR)
    outbox.record_accepted(part.part_id, answers(server, ANA, HOUR), "sent")
    assert reconciliation_of(settings, database).run(timedelta(days=1)) == 1


@pytest.mark.parametrize("restores", [1, 2])
@pytest.mark.parametrize("refused", [False, True])
def test_our_own_answer_of_before_a_restore_is_nobody_elses(
    server: Exchange,
    settings: Settings,
    database: Database,
    tmp_path: Path,
    *,
    restores: int,
    refused: bool,
) -> None:
    started(database, timedelta(days=9))
    with leaving_no_databases(database):
        times = Times(database, tmp_path)
        times.back_up()
        (part,) = replied(times.pg, times.outbox, "Yes.", to=ANA)
        waits = said("And rye?", ANA)  # while the answer was being made
        take_in(times.pg, waits)
        lists(server, ANA, "And rye?", 2 * HOUR, sid=waits.message_sid)
        times.accept(part, sid := answers(server, ANA, HOUR, status="sent"))
        if refused:
            busy = DeliveryStatus(message_sid=sid, status="failed", error_code=63018)
            assert times.outbox.record_delivery_status(busy)
        for _ in range(restores):
            times.restore()
        assert texts(database) == []
        assert reconciliation_of(settings, database).run(timedelta(days=1)) == 1
        assert texts(database) == ["And rye?"]


@pytest.mark.parametrize(
    "setting",
    [
        ("MG" + "0" * 32, "to another one of the service"),
        ("", "from a number that may be anybody's"),
    ],
)
def test_the_other_numbers_of_a_messaging_service_are_asked_for_as_well(
    server: Exchange,
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    setting: tuple[str, str],
) -> None:
    service, more = setting
    monkeypatch.setenv("TWILIO_MESSAGING_SERVICE_SID", service)
    started(database, timedelta(days=9))
    knows = """
        INSERT INTO inbound_messages (message_sid, address, our_address)
        VALUES (%(sid)s, %(ana)s, %(other)s)
    """
    change(database, knows, sid=new_sid(), ana=ANA, other=OTHER)
    lists(server, ANA, "to our number", HOUR)
    lists(server, BEN, "to another one of the service", HOUR, to=OTHER)
    lists(server, BEN, "to somebody else's", HOUR, to="whatsapp:+14155551111")
    lists(server, OTHER, "from a number that may be anybody's", HOUR)
    assert reconciliation_of(Settings.from_env(), database).run(timedelta(days=1)) == 2
    assert set(texts(database)) == {"to our number", more}


def test_what_was_found_is_taken_in_though_twilio_is_busy_afterwards(
    server: Exchange, settings: Settings, database: Database
) -> None:
    started(database, timedelta(days=9))
    lists(server, ANA, "first", 2 * HOUR)
    lists(server, BEN, "second", 2 * HOUR)
    page = (200, {"messages": list(server.twilio.taken)})
    server.twilio.listings.extend([page, page, TOO_MANY])
    reconciliation = reconciliation_of(settings, database)
    with pytest.raises(DeliveryError):
        reconciliation.run(timedelta(days=1))
    (taken_in,) = texts(database)
    assert reconciliation.run(timedelta(days=1)) == 1
    assert taken_in in texts(database) == ["first", "second"]
