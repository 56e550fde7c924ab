"""Whether a template shows choices as the bot fills it: see docs/operations.md."""

from collections.abc import Iterator

from bot.chat.choices.policy import MOST_BUTTONS
from bot.whatsapp.templates.content import KnownTemplate
from bot.whatsapp.templates.rules import GAP

BUTTONS, LIST = "twilio/quick-reply", "twilio/list-picker"
SHOWN = "docs/operations.md, Choices to tap, shows it whole"


def faults_of_choices(found: KnownTemplate, number: int) -> Iterator[str]:
    """Yield why a template can't show so many choices, and what to do about it."""
    kind = BUTTONS if number <= MOST_BUTTONS else LIST
    if found.kind != kind:
        yield f"it is {found.kind or 'of no type'}, not {kind}: {SHOWN}"
        return
    if len(found.choices) != number:
        yield f"it has {len(found.choices)} choices, not {number}: {SHOWN}"
        return
    told = [found.body, *(text for pair in found.choices for text in pair)]
    told += [found.opens] if kind == LIST else []
    for at, text in enumerate(told, 1):
        gap = GAP.fullmatch(text.strip())
        if gap is None or gap[1] != str(at):
            yield f"where it must have {{{{{at}}}}} it has another text: {SHOWN}"
            return
