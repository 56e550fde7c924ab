"""Whether a template can be sent as it is, and with what fills its gaps."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.whatsapp.templates.content import KnownTemplate
from bot.whatsapp.templates.rules import GAP, LONGEST_TEXT, fault_of_values
from db.broadcasts.nouns import Wanted
from db.errors import OperatorError

APPROVED = "approved"
SID_LENGTH = 34


def choose_template(
    given: str,
    find: Callable[[str], KnownTemplate | None],
    list_all: Callable[[], Sequence[KnownTemplate]],
) -> KnownTemplate:
    """Return the template of a Content SID, or of a name. Raises OperatorError."""
    if given.startswith("HX") and len(given) == SID_LENGTH:
        found = find(given)
    else:
        named = [each for each in list_all() if each.name == given]
        if len(named) > 1:
            which = ", ".join(f"{each.content_sid} ({each.language})" for each in named)
            raise OperatorError(f"{len(named)} templates have that name: say {which}")
        found = named[0] if named else None
    if found is None:
        raise OperatorError(
            "this account has no such template: see `bot templates list`"
        )
    return found


def fault_of_template(template: KnownTemplate | None, body: str | None) -> str | None:
    """Return why a template can't be sent; None: it can. `body`: what it has to say."""
    if template is None:
        return "the account has no such template any more"
    if template.status != APPROVED:
        why = f" ({template.reason})" if template.reason else ""
        return f"WhatsApp has the template as {template.status}{why}"
    if not template.body.strip():
        return f"the template has no text of its own ({template.kind})"
    if body is not None and template.body != body:
        return "the template says something else than when the broadcast was started"
    return None


def fill(body: str, variables: Mapping[str, str]) -> str:
    """Return a template's text with its gaps filled: what its reader reads."""
    return GAP.sub(lambda gap: variables.get(gap[1], ""), body)


def find_faults(body: str, wanted: Sequence[Wanted]) -> Iterator[str]:
    """Yield what WhatsApp would refuse, with its line."""
    for each in wanted:
        if fault := fault_of_values(each.variables):
            yield f"line {each.line}: {fault}"
        elif len(fill(body, each.variables)) > LONGEST_TEXT:
            yield f"line {each.line}: the text is longer than {LONGEST_TEXT} characters"
