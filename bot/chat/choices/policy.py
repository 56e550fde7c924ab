"""What an operator decided about choices."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.environment import Reader

# https://www.twilio.com/docs/content/twilio-quick-reply, …/twiliolist-picker: so many
# in the service window, without an approval.
FEWEST, MOST_BUTTONS, MOST_LISTED = 2, 3, 10
CONTENT = re.compile(r"([0-9]{1,2})=(HX[0-9a-fA-F]{32})")
CONTENTS_HINT = (
    "a template for each number of choices, 2 to 10, such as "
    "2=HX0123456789abcdef0123456789abcdef, separated by ,"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicePolicy:
    """Whether the LLM may offer choices, and by which templates they are tapped.

    `contents` are ContentSids by the number of choices: docs/operations.md says what
    stands in them. A number without one is sent as numbered lines.
    """

    is_on: bool = False
    contents: Mapping[int, str] = field(default_factory=dict)


def read_choices(read: Reader) -> ChoicePolicy:
    """Return what is set; what is wrong is collected by the reader."""
    none: Mapping[int, str] = {}
    return ChoicePolicy(
        is_on=read.text("OFFER_CHOICES", "on|off", "on or off") == "on",
        contents=read.parsed(
            "TWILIO_CHOICES_CONTENT_SIDS", _read_contents, none, CONTENTS_HINT
        ),
    )


def _read_contents(given: str) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for each in filter(None, (one.strip() for one in given.split(","))):
        content = CONTENT.fullmatch(each)
        number = int(content[1]) if content else 0
        if content is None or number in found or not FEWEST <= number <= MOST_LISTED:
            raise ValueError
        found[number] = content[2]
    return found
