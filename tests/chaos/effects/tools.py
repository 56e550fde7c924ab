"""The tools of a bot whose shop counts: BOT_TOOLS of the tests that kill workers."""

import os
import urllib.parse
import urllib.request

from bot.tools import CallKey, tool

SHOP = os.environ["SHOP_URL"]
# The shop holds its answers until the worker is killed.
SECONDS = 30.0


def _post(path: str, what: str, key: object) -> None:
    query = urllib.parse.urlencode({"what": what, "key": key})
    request = urllib.request.Request(f"{SHOP}{path}?{query}", method="POST")
    with urllib.request.urlopen(request, timeout=SECONDS):
        pass


@tool(effects="keyed", seconds=SECONDS)
def book(what: str, key: CallKey) -> str:
    """Book a table: the same key books it once."""
    _post("/book", what, key)
    return f"{what} is booked."


@tool(effects="once", seconds=SECONDS)
def order(what: str, key: CallKey) -> str:
    """Order a dish: each asking orders one more."""
    _post("/order", what, key)
    return f"{what} is ordered."


@tool(
    effects="keyed",
    seconds=SECONDS,
    approval="customer",
    asks="Shall I reserve {what}?",
)
def reserve(what: str, key: CallKey) -> str:
    """Reserve a room, once a customer allowed it: the same key reserves it once."""
    return book(what, key)


@tool(effects="once", seconds=SECONDS, approval="customer", asks="Shall I send {what}?")
def send(what: str, key: CallKey) -> str:
    """Send flowers, once a customer allowed it: each asking sends more."""
    return order(what, key)


@tool(effects="keyed", approval="operator", seconds=SECONDS)
def hire(what: str, key: CallKey) -> str:
    """Hire a cook, once an operator allowed it: the same key hires one."""
    return book(what, key)


@tool(effects="once", approval="operator", seconds=SECONDS)
def cater(what: str, key: CallKey) -> str:
    """Cater for a feast, once an operator allowed it: each asking does it again."""
    return order(what, key)
