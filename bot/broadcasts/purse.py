"""What a broadcast may spend: what the budgets of the day and the month leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.money.meter import Limits
from db.broadcasts.under_way import find_left
from db.database import Database
from db.money.messages import MessagePrices, Messages

LATELY = timedelta(hours=1)


@dataclass(slots=True)
class Purse:
    """What is left in it, in millionths; None: there is no bound."""

    prices: MessagePrices | None
    left: int | None

    def pay(self, address: str) -> bool:
        """Take out what a message to an address costs; False: there is not so much."""
        if self.left is None:
            return True
        cost = self._price(address)
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def _price(self, address: str) -> int:
        if self.prices is None:
            return 0
        return self.prices.price(address.removeprefix("whatsapp:"))[1]


def open_purse(
    database: Database,
    messages: Messages | None,
    limits: Limits,
    under_way: Iterable[str],
) -> Purse:
    """Return what is left now, once all that was sent is written down.

    `under_way` are the addresses of messages that are not sent yet, and will cost.
    Raises StoreUnavailableError.
    """
    if messages is None or not limits:
        return Purse(None, None)
    messages.price(LATELY)
    day = datetime.now(UTC).astimezone(messages.prices.timezone).date()
    purse = Purse(messages.prices, find_left(database, limits, day))
    for address in under_way:
        if not purse.pay(address):
            purse.left = 0
    return purse
