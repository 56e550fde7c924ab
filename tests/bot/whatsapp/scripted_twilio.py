"""Twilio's REST side, which answers as a script says."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.listening import Request, Response, answering
from tests.records import new_sid

Answer = tuple[int, dict[str, Any] | str]  # JSON, or a page as it is
TOO_MANY = (429, {"code": 20429, "message": "Too many", "status": 429})
BROKEN = (500, {"code": 20500, "message": "Oops", "status": 500})
REFUSED = (400, {"code": 63016, "message": "No", "status": 400})


@dataclass
class ScriptedTwilio:
    """Takes messages; each create is answered as the script says, then `sent`.

    Lists are answered as `listings` says, then with what was taken. `retry_after` is
    the header of what is no success, if any.
    """

    answers: deque[Answer] = field(default_factory=deque)
    listings: deque[Answer] = field(default_factory=deque)
    bodies: list[str] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    retry_after: str | None = None
    meanwhile: Callable[[], object] = lambda: None

    def listing(self, path: str) -> Answer:
        if self.listings:
            return self.listings.popleft()
        asked = parse_qs(urlsplit(path).query)
        listed = [
            told
            for told in self.taken
            if all(
                told.get(name.lower(), asked[name][0]) == asked[name][0]
                for name in ("To", "From")
                if name in asked
            )
        ]
        return 200, {"messages": listed}

    def create(self, form: dict[str, list[str]]) -> Answer:
        self.forms.append(form)
        body_sent = form.get("Body", [""])[0]
        self.bodies.append(body_sent)
        self.meanwhile()
        status, body = self.answers.popleft() if self.answers else taken("sent")
        if status == 201 and isinstance(body, dict):
            self.taken.append({**body, "body": body_sent})
        return status, body


def taken(status: str) -> Answer:
    """What Twilio says of a message that it took."""
    made = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    told = {"sid": new_sid(), "status": status, "date_created": made}
    return 201, {**told, "direction": "outbound-api"}


@dataclass
class Exchange:
    """Leads to the Twilio of the test at hand."""

    twilio: ScriptedTwilio = field(default_factory=ScriptedTwilio)
    url: str = ""

    def answer(self, request: Request) -> Response:
        if request.method == "GET":
            status, told = self.twilio.listing(request.path)
        else:
            status, told = self.twilio.create(parse_qs(request.body.decode()))
        headers = {}
        if status >= 400 and (pause := self.twilio.retry_after):
            headers["Retry-After"] = pause
        return Response(status, told, headers)


@contextmanager
def exchange() -> Iterator[Exchange]:
    """Answer the SDK's requests over HTTP."""
    made = Exchange()
    with answering(made.answer) as made.url:
        yield made
