"""Messages cost by the number that they go to; only what is delivered, and once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from db.chats import PostgresChatStore
from db.database import Database
from db.money.ledger import PostgresLedger
from db.money.messages import MessagePrices, Messages
from db.outbox import PostgresOutbox
from db.records.money import Spending
from tests.db.money.test_ledger import SPENDING, SPENT, SUM
from tests.db.parts import replied
from tests.db.sql import change, rows, value

PRICES = MessagePrices(
    by_prefix={"+1": 3000, "+1555": 4000, "+49": 50_000},
    unknown=200_000,
    currency="EUR",
    priced_on=date(2026, 11, 1),
    timezone=UTC,
)
DAY = timedelta(days=1)
WRITTEN = "SELECT model, micros, is_estimated, is_unknown FROM spendings ORDER BY id"


def _today(micros: int) -> Spending:
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
    messages = Messages(database, PRICES)
    messages.price(DAY)
    assert rows(database, WRITTEN) == [], "nothing is sent yet"
    change(database, "UPDATE reply_parts SET status = 'sent', message_sid = body")
    assert PostgresLedger(database).reserve(_today(1), {"day": 9000}).spending_id
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


def test_operators_are_told_when_messages_use_the_budget_up(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "one")
    change(database, "UPDATE reply_parts SET status = 'sent', message_sid = body")
    assert PostgresLedger(database).reserve(_today(1), {"day": 4500}).told == ()
    messages = Messages(database, PRICES)
    assert messages.price(DAY) == ("day",)
    assert messages.price(DAY) == ()
