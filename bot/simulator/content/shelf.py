"""The templates that the account has, and how far WhatsApp approved them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from threading import Lock
from typing import Any

from bot.simulator.records import Message

SID = re.compile(r"HX[0-9a-f]{32}")
GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MOST_TEMPLATES = 1000
# https://www.twilio.com/docs/content/overview#template-statuses ; the errors are
# https://www.twilio.com/docs/api/errors
REFUSALS = {"rejected": 63040, "paused": 63041, "disabled": 63042}
APPROVED = "approved"
STATUSES = ("unsubmitted", "received", "pending", APPROVED, *REFUSALS)


class TemplateError(ValueError):
    """An order of templates that can't be kept; the text says why."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text with gaps named like {{1}}, and what WhatsApp thinks of it."""

    sid: str
    body: str
    friendly_name: str = "a_template"
    language: str = "en"
    category: str = "UTILITY"
    status: str = "approved"
    rejection_reason: str = ""

    @property
    def types(self) -> dict[str, Any]:
        """How it is shown, as Twilio tells it: by kinds."""
        return {"twilio/text": {"body": self.body}}

    @property
    def variables(self) -> dict[str, str]:
        """Its gaps, each with an example."""
        return {name: f"example {name}" for name in GAP.findall(str(self.types))}

    def filled(self, given: Mapping[str, object]) -> str:
        """Return the text with its gaps filled."""
        return GAP.sub(lambda gap: str(given.get(gap[1], "")), self.body)


class Shelf:
    """All templates by their SIDs; safe to share between threads."""

    def __init__(self, always: Sequence[Template] = ()) -> None:
        self._lock = Lock()
        self._always = {each.sid: each for each in always}
        self._templates = dict(self._always)

    def put(self, given: Sequence[Template]) -> None:
        """Keep these, in place of all others but those that are always there."""
        told = {each.sid: each for each in given}
        left = {sid: each for sid, each in self._always.items() if sid not in told}
        with self._lock:
            self._templates = {**told, **left}

    def all(self) -> list[Template]:
        """Return them in the order in which they were given."""
        with self._lock:
            return [*self._templates.values()]

    def find(self, sid: str | None) -> Template | None:
        """Return one; None: the account has no such template, or was told of none."""
        with self._lock:
            return self._templates.get(sid or "")

    def fill(self, message: Message, variables: str) -> Message:
        """Return a message with the text that its template makes, where it is known."""
        found = self.find(message.content_sid)
        if found is None:
            return message
        try:
            given = json.loads(variables or "{}")
        except ValueError:
            given = {}
        told = given if isinstance(given, dict) else {}
        return replace(
            message,
            body=found.filled(told),
            fails_with=REFUSALS.get(found.status),
            needs_window=found.status != APPROVED,
        )


def parse_templates(order: Any) -> list[Template]:
    """Return the templates of a JSON list. Raises TemplateError."""
    if not isinstance(order, list) or len(order) > MOST_TEMPLATES:
        raise TemplateError(f"Send a JSON list of at most {MOST_TEMPLATES} templates.")
    return [_parse(item) for item in order]


def _parse(item: Any) -> Template:
    names = {field.name for field in fields(Template)}
    if not isinstance(item, dict) or not set(item) <= names:
        raise TemplateError(f"A template has these fields: {', '.join(sorted(names))}.")
    if not all(isinstance(value, str) for value in item.values()):
        raise TemplateError("The fields of a template are texts.")
    made = Template(**{"sid": "", "body": "", **item})
    if not SID.fullmatch(made.sid) or not made.body or made.status not in STATUSES:
        known = ", ".join(STATUSES)
        raise TemplateError(
            f"A template has a sid (HX and 32 of 0-9a-f), a body, and one of {known}."
        )
    return made
