"""The tools of a bot whose shop counts: BOT_TOOLS of the tests that kill workers."""

import os
import urllib.parse
import urllib.request

from bot.tools import CallKey, tool

SHOP = os.environ["SHOP_URL"]


def _post(path: str, what: str, key: object) -> None:
    query = urllib.parse.urlencode({"what": what, "key": key})
    request = urllib.request.Request(f"{SHOP}{path}?{query}", method="POST")
    with urllib.request.urlopen(request, timeout=10):
        pass


@tool(effects="keyed")
def book(what: str, key: CallKey) -> str:
    """Book a table: the same key books it once."""
    _post("/book", what, key)
    return f"{what} is booked."


@tool(effects="once")
def order(what: str, key: CallKey) -> str:
    """Order a dish: each asking orders one more."""
    _post("/order", what, key)
    return f"{what} is ordered."
