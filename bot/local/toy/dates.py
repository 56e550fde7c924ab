"""Days and times of day in English words, with where they stand in a text."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, time, timedelta
from re import Match

from bot.local.toy.words import listed

DAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = listed(
    "january february march april may june july august september october november"
    " december"
)
_DAY = r"monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_SHORT = r"mon|tues?|wed|thu(?:rs?)?|fri|sat|sun"
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS)
_OF_MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>20\d\d))?"
_NOT_A_COUNT = r"(?!\s*(?:people|persons?|guests?|adults?|of us))"
Span = tuple[int, int]


def _iso(found: Match[str], _today: date) -> date:
    return date.fromisoformat(found[0])


def _named(found: Match[str], today: date) -> date:
    said = found[0].lower()
    ahead = 2 if "after" in said else 1 if said.startswith("tom") else 0
    return today + timedelta(ahead)


def _weekday(found: Match[str], today: date) -> date:
    short = found["named"].lower()[:3]
    number = next(n for n, day in enumerate(DAYS) if day.startswith(short))
    ahead = (number - today.weekday()) % 7
    return today + timedelta((ahead or 7) if "next" in found[0].lower() else ahead)


def _of_month(found: Match[str], today: date) -> date:
    told = found["month"].lower()[:3]
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(told))
    return _coming(int(found["day"]), month, found["year"], today)


def _dotted(found: Match[str], today: date) -> date:
    return _coming(int(found["day"]), int(found["month"]), found["year"], today)


def _coming(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year), month, day)
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


DATES: tuple[tuple[str, Callable[[Match[str], date], date]], ...] = (
    (r"\b\d{4}-\d\d-\d\d\b", _iso),
    (r"\b(?:the )?day after tomorrow\b|\btomorrow\b|\btmrw\b|\btoday\b|\btonight\b",
     _named),
    (rf"\b{_OF_MONTH}(?:\s+of)?\s+(?P<month>{_MONTH})\b{_YEAR}", _of_month),
    (rf"\b(?P<month>{_MONTH})\s+{_OF_MONTH}\b{_NOT_A_COUNT}{_YEAR}", _of_month),
    (r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>20\d\d)?", _dotted),
    (rf"\b(?:next )?(?P<named>{_DAY})s?\b", _weekday),
    (rf"\b(?:next |on (?:next )?|this |for )(?P<named>{_SHORT})\b", _weekday),
)  # fmt: skip


def _clock(found: Match[str]) -> time:
    hour, half = int(found["hour"]), (found["half"] or "").lower().replace(".", "")
    if half and not 1 <= hour <= 12:
        raise ValueError
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(found["minute"] or 0))


_HALF = r"(?P<half>a\.?m\b\.?|p\.?m\b\.?)"
TIMES: tuple[tuple[str, Callable[[Match[str]], time]], ...] = (
    (rf"\b(?P<hour>\d{{1,2}}):(?P<minute>[0-5]\d)(?::[0-5]\d)?\b(?:\s*{_HALF})?",
     _clock),
    (rf"\b(?P<hour>\d{{1,2}})(?:\.(?P<minute>[0-5]\d))?\s*{_HALF}", _clock),
    (r"\b(?P<hour>\d{1,2})(?P<minute>(?!))?\s*o'?clock\b(?P<half>(?!))?", _clock),
    (rf"\bat\s+(?P<hour>\d{{1,2}})(?:\.(?P<minute>[0-5]\d))?\b(?P<half>(?!))?"
     rf"{_NOT_A_COUNT}", _clock),
    (r"\b(?:noon|midday)\b", lambda _: time(12)),
    (r"\bmidnight\b", lambda _: time(0)),
)  # fmt: skip


def find_dates(text: str, today: date) -> Iterator[tuple[Span, date]]:
    """Yield the days that a text names, from `today` on, and where."""
    for pattern, read in DATES:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            with suppress(ValueError):
                yield found.span(), read(found, today)


def find_times(text: str) -> Iterator[tuple[Span, time]]:
    """Yield the times of day that a text names, and where."""
    for pattern, clock in TIMES:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            with suppress(ValueError):
                yield found.span(), clock(found)
