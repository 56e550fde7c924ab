"""Cuts a list into the pages of Twilio's REST API.

Source: https://www.twilio.com/docs/usage/twilios-response#pagination
"""

from typing import Any
from urllib.parse import urlencode

from flask import request

from bot.simulator.faults import TwilioError

USUAL_SIZE = 50
LARGEST_SIZE = 1000


def page_of(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Cut the page that the current request asks for; raises TwilioError."""
    size = min(_number("PageSize", USUAL_SIZE), LARGEST_SIZE) or USUAL_SIZE
    page = _number("Page", 0)
    start = page * size
    cut = items[start : start + size]
    has_next = len(items) > start + size
    return {
        "end": max(start, start + len(cut) - 1),
        "first_page_uri": _page_uri(0, size),
        "next_page_uri": _page_uri(page + 1, size) if has_next else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": _page_uri(page - 1, size) if page else None,
        "start": start,
        "uri": _page_uri(page, size),
        name: cut,
    }


def _number(name: str, usual: int) -> int:
    text = request.args.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise TwilioError(20001, name)
    return int(text)


def _page_uri(page: int, size: int) -> str:
    query = {**request.args.to_dict(), "PageSize": str(size), "Page": str(page)}
    return f"{request.path}?{urlencode(query)}"
