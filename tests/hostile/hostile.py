"""A row of the tables: a hostile request, what it gets, and that nothing changes."""

from collections.abc import Mapping
from itertools import count
from typing import NamedTuple
from urllib.parse import urlencode

from tests.bot.whatsapp.twilio_calls import INBOUND, STATUS, text_form
from tests.hostile.conftest import PLANTED, Target
from tests.hostile.raw_http import FORM_TYPE, Header, post

FORM = text_form(PLANTED)
BODY = urlencode(FORM).encode()
_numbers = count(1)
STATUS_FORM = text_form(PLANTED, MessageStatus="delivered")


class Hostile(NamedTuple):
    """A request, and the status it gets."""

    says: str
    request: bytes
    status: int


def stranger() -> str:
    """Return an address that nobody used before."""
    return f"whatsapp:+1777{next(_numbers):07}"


def sent_as(content_type: str, body: bytes = BODY, *more: Header) -> bytes:
    """Return a signed message whose body is another."""
    return post(FORM, body=body, headers=[("Content-Type", content_type), *more])


def with_body(body: bytes, *headers: Header) -> bytes:
    return sent_as(FORM_TYPE, body, *headers)


def with_headers(*headers: Header) -> bytes:
    return post(FORM, headers=headers)


def message(**fields: str) -> bytes:
    """Return a signed message with other fields."""
    return post(FORM | fields)


def status(query: str = "", **fields: str) -> bytes:
    """Return a signed status callback with other fields."""
    return post(STATUS_FORM | fields, STATUS + query)


def without(field: str, form: Mapping[str, str] = FORM) -> dict[str, str]:
    return {name: value for name, value in form.items() if name != field}


def to(path: str, method: str = "POST") -> bytes:
    """Return a message that is rightly signed for a path."""
    return post(FORM, path, method=method)


def sent_to(target: str) -> bytes:
    """Return a message that is signed for the right path, and goes elsewhere."""
    return post(FORM, INBOUND, target=target)


def is_refused(target: Target, hostile: Hostile) -> None:
    """Check what comes back: shortly, without a redirect, and that nothing changed."""
    answer = target.refuses(hostile.request)
    assert answer.status == hostile.status
    assert len(answer.text) < 500
    assert "location" not in answer.headers
    server = answer.headers.get("server", "")
    assert not any(character.isdigit() for character in server), "tells a version"
