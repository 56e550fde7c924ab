"""Whether the templates that the settings name are approved, and say what they must."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.chat.relay.sentences import TEMPLATE as ALERT
from bot.checks.choices import faults_of_choices
from bot.checks.findings import Finding
from bot.settings import Settings
from bot.whatsapp.templates.account import SETTING
from bot.whatsapp.templates.content import KnownTemplate, NotAskedError
from bot.whatsapp.templates.rules import faults_of_text, gaps_of

Find = Callable[[str], KnownTemplate | None]
NAMED_GAP = re.compile(r"\{\w+\}")
APPROVED, UTILITY = "approved", "UTILITY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A template that a setting names: what for, and what it says.

    `language` is a code; None: whichever. One with `choices` to tap, so many, is sent
    within the service window alone, and needs no approval.
    """

    purpose: str
    setting: str
    content_sid: str
    text: str
    language: str | None = None
    choices: int = 0


def find_wanted(settings: Settings) -> list[Wanted]:
    """Return the templates that the settings name."""
    fallbacks = settings.holding.fallbacks if settings.holding else {}
    found = [
        Wanted(
            purpose=f"something waits ({language})",
            setting=SETTING,
            content_sid=fallback.content_sid,
            text=fallback.body,
            language=language,
        )
        for language, fallback in fallbacks.items()
    ]
    return [*found, *_find_others(settings)]


def _find_others(settings: Settings) -> Iterator[Wanted]:
    if sid := settings.alert_roads.content_sid:
        yield Wanted(
            purpose="alert to operators",
            setting="TWILIO_ALERT_CONTENT_SID",
            content_sid=sid,
            text=_numbered(ALERT),
        )
    for each in settings.console_templates:
        yield Wanted(
            purpose=f"console: {each.title}",
            setting="CONSOLE_TEMPLATES",
            content_sid=each.content_sid,
            text=each.text,
        )
    for number, sid in sorted(settings.policy.choices.contents.items()):
        yield Wanted(
            purpose=f"{number} choices",
            setting="TWILIO_CHOICES_CONTENT_SIDS",
            content_sid=sid,
            text="{{1}}",
            choices=number,
        )


def check_templates(settings: Settings, find: Find) -> Iterator[Finding]:
    """Yield what Twilio says of each template that the settings name."""
    for wanted in find_wanted(settings):
        about = f"{wanted.setting}: {wanted.purpose}, {wanted.content_sid}"
        try:
            found = find(wanted.content_sid)
        except NotAskedError as error:
            yield Finding(f"{about}: {error}", fits=None)
            return
        faults = list(find_faults(wanted, found))
        if faults:
            yield Finding(f"{about}: {'; '.join(faults)}", fits=False)
        elif found and wanted.choices:
            yield Finding(f"{about}: {found.kind}")
        elif found:
            yield Finding(f"{about}: approved, {found.category or 'no category'}")


def find_faults(wanted: Wanted, found: KnownTemplate | None) -> Iterator[str]:
    """Yield why a template can't be used as it is, and what to do about it."""
    if found is None:
        yield "this account has no such template: see Content Template Builder"
        return
    if wanted.choices:
        yield from faults_of_choices(found, wanted.choices)
        return
    if found.status != APPROVED:
        why = f" ({found.reason})" if found.reason else ""
        yield (
            f"WhatsApp has it as {found.status}{why}: until it is approved, what is "
            "sent by it fails"
        )
    if found.category and found.category != UTILITY:
        yield (
            f"its category is {found.category}: WhatsApp may choose not to deliver "
            "it; have it approved as UTILITY"
        )
    if wanted.language and found.language.partition("_")[0] != wanted.language:
        yield f"its language is {found.language}, not {wanted.language}"
    if set(found.gaps) != set(gaps_of(wanted.text)):
        yield (
            f"its variables are {_listed(found.gaps)}, not "
            f"{_listed(gaps_of(wanted.text))}"
        )
    elif found.body.split() != wanted.text.split():
        yield f"its text is another than what is shown of it: {wanted.text}"
    yield from faults_of_text(found.body)


def _numbered(text: str) -> str:
    """Return a text whose gaps have names with numbers in their place."""
    numbers = iter(range(1, 100))
    return NAMED_GAP.sub(lambda _: f"{{{{{next(numbers)}}}}}", text)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
