"""What asks Twilio, some hours after messages were sent, what it billed for them."""

import logging
import time
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING
from typing import Protocol

from procrastinate import App

from bot.whatsapp.outcomes import DeliveryError
from bot.whatsapp.twilio import Price
from bot.worker.scheduled import upkeep
from db.money.billed import Unbilled
from db.queue.jobs import ASK_PRICES
from db.records.money import MILLION, Scope

log = logging.getLogger(__name__)

ASK_CRON = "7-57/10 * * * *"
# Some 40,000 a day at most; what is left over is asked for ten minutes later.
MOST_AT_ONCE = 300
MOST_SECONDS = 60.0
GONE = 20404  # Twilio's: a message that was deleted there


class Bills(Protocol):
    """Where it is written down (db.money.billed)."""

    def find_unbilled(self, most: int, /) -> Sequence[Unbilled]:
        """Return messages whose price is to be asked for."""

    def correct(
        self, spending_id: int, micros: int, currency: str, /
    ) -> tuple[Scope, ...]:
        """Write down a price; return the budgets to tell of."""

    def note_asked(self, spending_id: int, /) -> None:
        """Write down that none was told."""


def register_billing(
    queue: App,
    bills: Bills,
    find_price: Callable[[str], Price | None],
    tell: Callable[[tuple[Scope, ...]], None],
    stopping: Callable[[], bool],
) -> None:
    """Register it; `find_price` raises DeliveryError, which ends it for this time."""

    @upkeep(queue, ASK_PRICES, ASK_CRON, "what Twilio billed could not be asked for")
    def ask_prices(_due: int) -> None:
        began = time.monotonic()
        for unbilled in bills.find_unbilled(MOST_AT_ONCE):
            if stopping() or time.monotonic() - began > MOST_SECONDS:
                break
            if told := _ask(bills, find_price, unbilled):
                tell(told)


def _ask(
    bills: Bills, find_price: Callable[[str], Price | None], unbilled: Unbilled
) -> tuple[Scope, ...]:
    """Ask for one, and write down what comes of it; return the budgets to tell of.

    One that fails is asked for again in a day, so that it holds up no others.
    """
    try:
        price = find_price(unbilled.message_sid)
    except DeliveryError as error:
        bills.note_asked(unbilled.spending_id)
        if error.code != GONE:
            raise
        return ()
    if price is None:
        bills.note_asked(unbilled.spending_id)
        return ()
    whole = (price.amount * MILLION).to_integral_value(rounding=ROUND_CEILING)
    return bills.correct(unbilled.spending_id, int(whole), price.currency)
