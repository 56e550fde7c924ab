"""Messages cost by the number that they go to; only what is delivered, and once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.worker.money.messages import register_messages
from db.chats import PostgresChatStore
from db.database import Database
from db.errors import StoreUnavailableError
from db.money.ledger import PostgresLedger
from db.money.messages import MessagePrices, Messages
from db.outbox import PostgresOutbox
from db.queue.app import build_queue
from db.queue.jobs import PRICE_MESSAGES
from db.records.money import Outcome, Scope, Spending
from tests.db.money.test_ledger import SPENDING, SPENT, SUM
from tests.db.parts import replied
from tests.db.sql import change, rows, value
from tests.records import BEN

PRICES = MessagePrices(
    by_prefix={"+1": 3000, "+1555": 4000, "+49": 50_000},
    unknown=200_000,
    currency="EUR",
    priced_on=date(2026, 11, 1),
    timezone=UTC,
)
DAY = timedelta(days=1)
WRITTEN = "SELECT model, micros, is_estimated, is_unknown FROM spendings ORDER BY id"


def today(micros: int) -> Spending:
    return replace(SPENDING, micros=micros, day=datetime.now(UTC).date())


def test_the_longest_prefix_counts_and_who_is_no_number_counts_as_the_worst() -> None:
    assert PRICES.price("+15551230001") == ("whatsapp +1555", 4000, False)
    assert PRICES.price("+12025550001") == ("whatsapp +1", 3000, False)
    assert PRICES.price("US.13491208655302") == ("whatsapp", 200_000, True)
    assert PRICES.price("") == ("whatsapp", 200_000, True)


def test_what_twilio_took_is_written_down_once_and_what_failed_is_taken_back(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "in two", "parts")
    messages = Messages(database, PRICES, lambda _told: None)
    messages.price(DAY)
    assert rows(database, WRITTEN) == [], "nothing is sent yet"
    change(database, "UPDATE reply_parts SET status = 'sent', message_sid = body")
    assert PostgresLedger(database).reserve(today(1), {"day": 9000}).spending_id
    messages.price(DAY)
    messages.price(DAY)
    paid = ("whatsapp +1555", 4000, True, False)
    assert rows(database, WRITTEN)[1:] == [paid, paid]
    assert value(database, SPENT) == value(database, SUM) == 8001
    change(database, "UPDATE reply_parts SET status = 'undelivered' "
                     "WHERE body = 'parts'")  # fmt: skip
    assert messages.take_back(DAY) == 1
    assert messages.take_back(DAY) == 0
    assert value(database, SPENT) == value(database, SUM) == 4001
    found = value(database, "SELECT of_messages FROM chat_costs")
    assert str(found).startswith("0.004")


def test_what_was_held_for_days_counts_for_the_day_on_which_it_was_sent(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "held for nine days")
    change(
        database,
        "UPDATE reply_parts SET status = 'sent', message_sid = body, "
        "created_at = now() - interval '9 days', claimed_at = now()",
    )
    queue = build_queue(database.url)
    messages = Messages(database, PRICES, lambda _told: None)
    register_messages(queue, messages, held=timedelta(days=7))
    queue.tasks[PRICE_MESSAGES](timestamp=0)
    today = datetime.now(UTC).date()
    assert rows(database, "SELECT day, micros FROM spendings") == [(today, 4000)]


def test_operators_are_told_when_messages_use_the_budget_up(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "one")
    change(database, "UPDATE reply_parts SET status = 'sent', message_sid = body")
    assert PostgresLedger(database).reserve(today(1), {"day": 4500}).told == ()
    told: list[tuple[Scope, ...]] = []
    messages = Messages(database, PRICES, told.append)
    messages.price(DAY)
    assert told == [("day",)]
    messages.price(DAY)
    assert told == [("day",)]


def test_operators_are_told_though_what_follows_fails(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "one")
    replied(pg, outbox, "two", to=BEN)
    change(database, "UPDATE reply_parts SET status = 'sent', message_sid = body")
    assert PostgresLedger(database).reserve(today(1), {"day": 4500}).told == ()
    told: list[tuple[Scope, ...]] = []
    # Nothing costs less than nothing: the second person's message is refused.
    odd = {"+1555": 4000, BEN.removeprefix("whatsapp:"): -1}
    dear = replace(PRICES, by_prefix=odd)
    with pytest.raises(StoreUnavailableError):
        Messages(database, dear, told.append).price(DAY)
    assert told == [("day",)]


def test_operators_are_told_by_what_takes_back(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "in two", "parts")
    change(database, "UPDATE reply_parts SET status = 'sent', message_sid = body")
    told: list[tuple[Scope, ...]] = []
    messages, ledger = Messages(database, PRICES, told.append), PostgresLedger(database)
    messages.price(DAY)
    assert ledger.reserve(today(96_000), {"day": 110_000}).spending_id
    assert ledger.settle_left(timedelta()) == 1, "and nobody is told"
    change(database, "UPDATE reply_parts SET status = 'failed' WHERE body = 'parts'")
    messages.take_back(DAY)
    assert told == [("day",)]


def test_what_was_told_is_told_again_where_the_answer_was_lost(
    database: Database,
) -> None:
    ledger, asked = PostgresLedger(database), replace(SPENDING, micros=90)
    spent = ledger.reserve(asked, {"day": 100}).spending_id or 0
    for _ in range(2):
        assert ledger.settle(spent, Outcome(micros=90)) == ("day",)
