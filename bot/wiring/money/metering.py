"""What counts the money that is spent; nothing where no PRICES are set."""

# ruff: noqa: PLC0415

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from bot.settings import Settings
from db.database import Database
from db.records.money import MILLION

if TYPE_CHECKING:
    from threading import Event

    from procrastinate import App

    from bot.llm.account import LLMServer
    from bot.llm.endpoint import Measure
    from bot.llm.protocol import LLM
    from bot.money.meter import Meter
    from bot.money.policy import MoneyPolicy
    from bot.whatsapp.twilio import TwilioClient
    from db.money.messages import MessagePrices, Messages


def build_meter(settings: Settings, database: Database) -> "Meter | None":
    """Return what counts calls in a database; None where nothing is to be counted."""
    from bot.money.meter import Meter
    from db.money.ledger import PostgresLedger

    money = settings.money
    if money.prices is None:
        return None
    return Meter(PostgresLedger(database), money.prices, money.limits, money.timezone)


def build_measure(settings: Settings, database: Database) -> "Measure":
    """Return what counts calls of embeddings and speech."""
    from bot.llm.endpoint import unmeasured

    meter = build_meter(settings, database)
    return meter.measure if meter else unmeasured


def build_llm(
    server: "LLMServer",
    meter: "Meter | None" = None,
    purpose: str = "answer",
    cheap: str | None = None,
) -> "LLM":
    """Return the LLM on a server, for a purpose, counted by a meter if there is one.

    The model `cheap` is asked on the same server once little is left.
    """
    from bot.llm.openai_chat import OpenAIChat
    from bot.money.metered import MeteredLLM, Paid

    dear = Paid(OpenAIChat(server), server)
    if meter is None:
        return dear.llm
    other = replace(server, model=cheap) if cheap else None
    paid = Paid(OpenAIChat(other), other) if other else None
    return MeteredLLM(meter, purpose, dear, paid)


def register_money(
    queue: "App",
    settings: Settings,
    database: Database,
    twilio: "TwilioClient",
    stopping: "Event",
) -> None:
    """Register what settles what killed workers left, and what prices messages."""
    from bot.money.meter import tell_log
    from bot.worker.money.billing import register_billing
    from bot.worker.money.messages import register_messages
    from bot.worker.money.settling import register_settling
    from db.money.billed import PostgresBills
    from db.money.ledger import PostgresLedger

    if settings.money.prices is None:
        return
    register_settling(queue, PostgresLedger(database))
    if messages := build_messages(settings.money, database):
        held = settings.holding.lasts if settings.holding else timedelta()
        register_messages(queue, messages, held)
        bills, find_price = PostgresBills(database), twilio.find_price
        register_billing(queue, bills, find_price, tell_log, stopping.is_set)


def build_messages(money: "MoneyPolicy", database: Database) -> "Messages | None":
    """Return what writes down what messages cost; None where they are not counted."""
    from bot.money.meter import tell_log
    from db.money.messages import Messages

    prices = build_message_prices(money)
    return Messages(database, prices, tell_log) if prices else None


def build_message_prices(money: "MoneyPolicy") -> "MessagePrices | None":
    """Return what messages cost; None where they are not to be counted."""
    from db.money.messages import MessagePrices

    prices = money.prices
    if prices is None or prices.messages is None:
        return None
    return MessagePrices(
        by_prefix={
            prefix: _to_micros(each) for prefix, each in prices.messages.items()
        },
        unknown=_to_micros(prices.unknown_message),
        currency=prices.currency,
        priced_on=prices.date,
        timezone=money.timezone,
    )


def _to_micros(price: Decimal) -> int:
    return int((price * MILLION).to_integral_value(rounding=ROUND_CEILING))
