"""CONSOLE_TEMPLATES: what may be sent to a customer whose service window is over.

https://www.twilio.com/docs/content/send-templates-created-with-the-content-template-builder
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.whatsapp.templates.rules import fault_of_values
from db.records import PartContent, Template

MOST_TEMPLATES = 50
LONGEST_TITLE = 80
LONGEST_TEXT = 1024  # as WhatsApp's own bound of a template's body
LONGEST_VALUE = 300
CONTENT_SID = re.compile(r"HX[0-9a-f]{32}")
VARIABLE = re.compile(r"\{\{\s*(\w{1,32})\s*\}\}")
FIELDS = {"content_sid", "title", "text"}


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """A text that WhatsApp approved; `text` names its variables as {{1}}."""

    content_sid: str
    title: str
    text: str

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its variables, in the order of the text."""
        return tuple(dict.fromkeys(VARIABLE.findall(self.text)))

    def filled(self, values: Mapping[str, str]) -> PartContent:
        """Return it as it is sent, with its variables filled in.

        Raises ValueError, in words for an operator, where one says nothing or too much.
        """
        given = {name: values.get(name, "").strip() for name in self.variables}
        for name, value in given.items():
            if len(value) > LONGEST_VALUE or fault_of_values({name: value}):
                raise ValueError(
                    f"Fill in {{{{{name}}}}}: one line, of {LONGEST_VALUE} characters "
                    "at most, without five blanks in a row."
                )
        body = VARIABLE.sub(lambda gap: given[gap[1]], self.text)
        return PartContent(body, template=Template(self.content_sid, given))


def parse_templates(text: str) -> tuple[ReplyTemplate, ...]:
    """Return the templates of the setting; none, where it is empty.

    Raises ValueError, in words for whoever wrote it, where it can't be meant.
    """
    if not text.strip():
        return ()
    try:
        given = json.loads(text)
    except ValueError as error:
        raise ValueError("it is no JSON") from error
    if not isinstance(given, list) or len(given) > MOST_TEMPLATES:
        raise ValueError(f"it is a list of {MOST_TEMPLATES} templates at most")
    found = tuple(_parse(number, each) for number, each in enumerate(given, 1))
    if len({template.content_sid for template in found}) < len(found):
        raise ValueError("a content_sid stands in it twice")
    return found


def _parse(number: int, given: Any) -> ReplyTemplate:
    if not isinstance(given, dict) or set(given) != FIELDS:
        names = ", ".join(sorted(FIELDS))
        raise ValueError(f"template {number} has these fields, and no others: {names}")
    if not all(isinstance(value, str) and value.strip() for value in given.values()):
        raise ValueError(f"the fields of template {number} are texts, none is empty")
    template = ReplyTemplate(**given)
    if not CONTENT_SID.fullmatch(template.content_sid):
        raise ValueError(f"the content_sid of template {number} is none: HX and 32 of "
                         "0-9a-f")  # fmt: skip
    if len(template.title) > LONGEST_TITLE or len(template.text) > LONGEST_TEXT:
        raise ValueError(
            f"template {number} is too long: titles have {LONGEST_TITLE} characters at "
            f"most, texts {LONGEST_TEXT}"
        )
    return template
