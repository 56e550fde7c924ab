"""What WhatsApp asks of a template's text, and of what stands in its gaps.

https://www.twilio.com/docs/content/using-variables-with-content-api
"""

import re
from collections.abc import Iterator, Mapping

GAP = re.compile(r"\{\{\s*(\w{1,32})\s*\}\}")
ADJACENT = re.compile(r"\}\}[\s.,;:!?-]*\{\{")
# A line's end, a tab, or more than four blanks are refused in what fills a gap.
NOT_IN_VALUES = re.compile(r"[\n\r\t\v\f\u0085\u2028\u2029]| {5}")
LONGEST_TEXT = 1024


def gaps_of(text: str) -> tuple[str, ...]:
    """Return the names of a text's gaps, each once, in their order."""
    return tuple(dict.fromkeys(GAP.findall(text)))


def faults_of_text(text: str) -> Iterator[str]:
    """Yield why WhatsApp would not approve a text."""
    bare = text.strip()
    if bare.startswith("{{") or bare.endswith("}}"):
        yield "it begins or ends with a variable"
    if ADJACENT.search(text):
        yield "two variables have no word between them"
    names = sorted(gaps_of(text))
    if names != sorted(str(number) for number in range(1, len(names) + 1)):
        yield "its variables are not numbered from 1"
    if len(text) > LONGEST_TEXT:
        yield f"it has more than {LONGEST_TEXT} characters"


def fault_of_values(values: Mapping[str, str]) -> str | None:
    """Return why what fills a template's gaps is refused; None: it is not."""
    for name, value in values.items():
        if not value.strip():
            return f"{{{{{name}}}}} of the template is empty"
        if NOT_IN_VALUES.search(value):
            return (
                f"{{{{{name}}}}} of the template has a new line, a tab, or more than "
                "four blanks in a row"
            )
    return None
