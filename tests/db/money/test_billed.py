"""What Twilio billed is written down once, instead of what PRICES says."""

from decimal import Decimal

import pytest

from bot.whatsapp.outcomes import DeliveryError, Outcome
from bot.whatsapp.twilio import Price
from bot.worker.money.billing import GONE, register_billing
from db.chats import PostgresChatStore
from db.database import Database
from db.money.billed import PostgresBills
from db.money.ledger import PostgresLedger
from db.money.messages import Messages
from db.outbox import PostgresOutbox
from db.queue.app import build_queue
from db.queue.jobs import ASK_PRICES
from tests.db.money.test_ledger import SPENT, SUM
from tests.db.money.test_messages import DAY, PRICES, today
from tests.db.parts import replied
from tests.db.sql import change, rows, value

AGED = "UPDATE spendings SET created_at = created_at - interval '5 hours'"
TOLD = """
SELECT micros, is_estimated, told_micros, told_currency FROM spendings
WHERE part_id IS NOT NULL ORDER BY id
"""


class Twilio:
    """Tells prices by SIDs, of all others none; keeps for which it was asked."""

    def __init__(self, **prices: Price | DeliveryError) -> None:
        self.prices = prices
        self.asked: list[str] = []

    def find_price(self, sid: str) -> Price | None:
        self.asked.append(sid)
        price = self.prices.get(sid)
        if isinstance(price, DeliveryError):
            raise price
        return price


def ask(database: Database, twilio: Twilio) -> list[str]:
    """Run the job; return for which messages Twilio was asked."""
    twilio.asked.clear()
    queue, bills = build_queue(database.url), PostgresBills(database)
    register_billing(queue, bills, twilio.find_price, lambda _told: None, lambda: False)
    queue.tasks[ASK_PRICES](timestamp=0)
    return twilio.asked


@pytest.fixture
def sent(database: Database, pg: PostgresChatStore, outbox: PostgresOutbox) -> None:
    """Two messages at 4000 each, on a day with a budget."""
    replied(pg, outbox, "one", "two")
    change(database, "UPDATE reply_parts SET status = 'delivered', message_sid = body")
    assert PostgresLedger(database).reserve(today(1), {"day": 9000}).spending_id
    Messages(database, PRICES, lambda _told: None).price(DAY)


@pytest.mark.usefixtures("sent")
def test_it_is_asked_for_some_hours_later_and_counts_once(database: Database) -> None:
    twilio = Twilio(one=Price(Decimal("0.0051"), "EUR"))
    assert ask(database, twilio) == [], "it is not billed yet"
    change(database, AGED)
    assert ask(database, twilio) == ["one", "two"]
    corrected, as_before = (5100, False, 5100, "EUR"), (4000, True, None, None)
    assert rows(database, TOLD) == [corrected, as_before]
    assert value(database, SPENT) == value(database, SUM) == 9101
    assert ask(database, twilio) == [], "the other one is asked for in a day"
    change(database, "UPDATE spendings SET price_asked_at = now() - interval '25 h'")
    twilio.prices["two"] = Price(Decimal(0), "EUR")
    assert ask(database, twilio) == ["two"]
    assert value(database, SPENT) == value(database, SUM) == 5101
    change(database, "UPDATE reply_parts SET status = 'undelivered'")
    assert Messages(database, PRICES, lambda _told: None).take_back(DAY) == 0


@pytest.mark.usefixtures("sent")
def test_what_is_not_told_for_days_is_left_alone(database: Database) -> None:
    change(database, "UPDATE spendings SET created_at = now() - interval '5 days'")
    assert ask(database, Twilio()) == []


@pytest.mark.usefixtures("sent")
def test_another_currency_is_kept_apart(database: Database) -> None:
    change(database, AGED)
    dollars = Price(Decimal("0.0051"), "USD")
    assert ask(database, Twilio(one=dollars, two=dollars)) == ["one", "two"]
    assert rows(database, TOLD) == [(4000, True, 5100, "USD")] * 2
    assert value(database, SPENT) == value(database, SUM) == 8001
    assert ask(database, Twilio()) == []


@pytest.mark.usefixtures("sent")
def test_what_fails_holds_up_no_others_and_an_outage_ends_it(
    database: Database,
) -> None:
    change(database, AGED)
    away = DeliveryError(Outcome.UNKNOWN, "Twilio is away")
    gone = DeliveryError(Outcome.PERMANENT, "deleted", GONE)
    assert ask(database, Twilio(one=gone, two=away)) == ["one", "two"]
    assert ask(database, Twilio()) == []
    change(database, "UPDATE spendings SET price_asked_at = NULL")
    assert ask(database, Twilio(one=away)) == ["one"]
    assert ask(database, Twilio(two=away)) == ["two"]
