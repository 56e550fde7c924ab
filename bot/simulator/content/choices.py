"""Templates with choices to tap: as docs/operations.md tells operators to make them.

Sources: https://www.twilio.com/docs/content/twilio-quick-reply and
https://www.twilio.com/docs/content/twiliolist-picker
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.simulator.content.shelf import Template
from bot.simulator.faults import TwilioError
from bot.simulator.records import Choice

MOST_BUTTONS, MOST_LISTED = 3, 10
LONGEST_BODY, LONGEST_BUTTON, LONGEST_ENTRY, LONGEST_ID = 1024, 20, 24, 200
# One for each number of choices.
CONTENT_SIDS = {number: f"HX{number:032x}" for number in range(2, MOST_LISTED + 1)}
NUMBERS = {sid: number for number, sid in CONTENT_SIDS.items()}
BAD_VARIABLES = 21656


class ChoicesTemplate(Template):
    """One of those with choices, which nobody had approved."""

    @property
    def types(self) -> dict[str, Any]:
        """Buttons, or a list that its last variable opens."""
        number = NUMBERS[self.sid]
        pairs = [
            (f"{{{{{at}}}}}", f"{{{{{at + 1}}}}}") for at in range(2, 2 * number + 1, 2)
        ]
        if number > MOST_BUTTONS:
            items = [{"item": title, "id": payload} for title, payload in pairs]
            opens = f"{{{{{2 * number + 2}}}}}"
            told = {"body": self.body, "button": opens, "items": items}
            return {"twilio/list-picker": told}
        actions = [
            {"type": "QUICK_REPLY", "title": title, "id": payload}
            for title, payload in pairs
        ]
        return {"twilio/quick-reply": {"body": self.body, "actions": actions}}


TEMPLATES = tuple(
    ChoicesTemplate(sid, "{{1}}", f"choices_{number}", status="unsubmitted")
    for number, sid in CONTENT_SIDS.items()
)


def read_choices(form: Mapping[str, str]) -> tuple[str, tuple[Choice, ...]] | None:
    """Return the text and choices of a message by such a template; None: by another.

    Raises TwilioError where its variables are none, or longer than WhatsApp takes.
    """
    number = NUMBERS.get(form.get("ContentSid", ""))
    if number is None:
        return None
    is_list = number > MOST_BUTTONS
    body, *told = _read_variables(form, 1 + 2 * number + is_list)
    longest = LONGEST_ENTRY if is_list else LONGEST_BUTTON
    choices = tuple(
        Choice(kind="list" if is_list else "button", text=title, payload=payload)
        for title, payload in zip(told[: 2 * number : 2], told[1::2], strict=False)
    )
    titles = [choice["text"] for choice in choices]
    if len(body) > LONGEST_BODY or any(len(title) > longest for title in titles):
        raise TwilioError(BAD_VARIABLES, "longer than WhatsApp takes")
    if len(set(titles)) < number or any(
        len(choice["payload"]) > LONGEST_ID for choice in choices
    ):
        raise TwilioError(BAD_VARIABLES, "two are alike, or an id is too long")
    return body, choices


def _read_variables(form: Mapping[str, str], number: int) -> list[str]:
    """Return the values of variables 1, 2, …: each one line of text."""
    try:
        given: Any = json.loads(form.get("ContentVariables", ""))
        values = [given[str(at)] for at in range(1, number + 1)]
    except (ValueError, KeyError, TypeError):
        raise TwilioError(BAD_VARIABLES, "one is missing") from None
    if not all(isinstance(v, str) and v.strip() and "\n" not in v for v in values):
        raise TwilioError(BAD_VARIABLES, "one is empty, or has a line break")
    return values
