"""Times as pages show them: in the business's own time zone, and for programs."""

from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from bot.console.parts import console

MINUTE, HOUR, DAY = 60, 3600, 86_400
ELEMENT = Markup('<time datetime="{}" title="{}">{}</time>')


def when(at: datetime | None, now: datetime | None = None) -> Markup:
    """Return a time as an element: of today the hour, of other days the date."""
    if at is None:
        return Markup("")
    zone = console().timezone
    local, today = at.astimezone(zone), (now or datetime.now(UTC)).astimezone(zone)
    if local.date() == today.date():
        shown = f"{local:%H:%M}"
    elif local.date() == today.date() - timedelta(days=1):
        shown = f"yesterday {local:%H:%M}"
    else:
        shown = f"{local.day} {local:%b}" + _year(local, today)
    return _element(at, local, shown)


def exactly(at: datetime | None) -> Markup:
    """Return a time as an element, with date and hour."""
    if at is None:
        return Markup("")
    local = at.astimezone(console().timezone)
    return _element(at, local, f"{local.day} {local:%b %Y, %H:%M}")


def since(at: datetime | None, now: datetime | None = None) -> Markup:
    """Return how long ago a time is, as an element: 40 s, 5 min, 3 h, 2 days."""
    if at is None:
        return Markup("")
    seconds = max(0, int(((now or datetime.now(UTC)) - at).total_seconds()))
    return _element(at, at.astimezone(console().timezone), lasting(seconds))


def lasting(seconds: float) -> str:
    """Return a length of time in one unit."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR:.0f} h"
    return f"{seconds // DAY:.0f} days"


def _year(local: datetime, today: datetime) -> str:
    return "" if local.year == today.year else f" {local.year}"


def _element(at: datetime, local: datetime, shown: str) -> Markup:
    whole = f"{local.day} {local:%b %Y, %H:%M:%S %Z}"
    return ELEMENT.format(
        at.astimezone(UTC).isoformat(timespec="seconds"), whole, shown
    )
