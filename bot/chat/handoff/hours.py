"""When people of the business are there: read from a setting, and asked for an instant.

OPENING_HOURS names days and their spans: `Mon-Fri 09:00-12:30 14:00-18:00; Sat
22:00-02:00; 2026-12-24 off; 12-25 off`. A span that ends before it begins ends on the
next day. Days are weekdays, dates (`2026-12-24..2027-01-02` are several) and days of
each year; a date wins over a day of each year, and that over a weekday; of two entries
for the same day the later one wins. What is not named is closed; nothing set is always
open.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.chat import sentences
from bot.languages.dates import name_date, name_weekday
from bot.languages.speaking import speak

HOURS_HINT = (
    "days with their spans, such as Mon-Fri 09:00-12:30 14:00-18:00; Sat 22:00-02:00;"
    " 2026-12-24 off"
)
NAMES = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
DATE, YEARLY = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"(\d{2})-(\d{2})")
MOST_ENTRIES = 400
MOST_DAYS_OFF = 400  # in a row: who is away for longer is not waited for
A_DAY = 24 * 60
A_LEAP_YEAR = 2024

# Minutes since midnight; the end of a span may be on the next day.
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """When people are there. Without any day named they always are.

    `weekdays` are from 0, a Monday; `yearly` are (month, day).
    """

    timezone: tzinfo = UTC
    weekdays: Mapping[int, Spans] = field(default_factory=dict)
    yearly: Mapping[tuple[int, int], Spans] = field(default_factory=dict)
    dates: Mapping[date, Spans] = field(default_factory=dict)

    @property
    def is_always(self) -> bool:
        """Whether no hours are set."""
        return not (self.weekdays or self.yearly or self.dates)

    def is_open(self, at: datetime) -> bool:
        """Tell whether they are there at that instant."""
        today = at.astimezone(self.timezone).date()
        yesterday = today - timedelta(days=1)
        spans = (*self._spans(yesterday), *self._spans(today))
        return self.is_always or any(start <= at < end for start, end in spans)

    def next_opening(self, at: datetime) -> datetime | None:
        """Return when they are there next, in their own time; None: not for a year.

        At an instant at which they are there: when they come the next time.
        """
        today = at.astimezone(self.timezone).date()
        for days in range(MOST_DAYS_OFF):
            starts = [start for start, _ in self._spans(today + timedelta(days=days))]
            if later := [start for start in starts if start > at]:
                return min(later).astimezone(self.timezone)
        return None

    def tell_next(self, at: datetime, language: str | None = None) -> str:
        """Return when they are there next, in words such as "on Monday at 9:00"."""
        opening = self.next_opening(at)
        if opening is None:
            return speak(language, sentences.LATER)
        return tell_opening(opening, at, language)

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for start, end in self._named(day):
            # An hour that comes twice is theirs both times.
            yield self._instant(day, start, 0), self._instant(day, end, 1)

    def _named(self, day: date) -> Spans:
        found = self.dates.get(day)
        if found is None:
            found = self.yearly.get((day.month, day.day))
        return self.weekdays.get(day.weekday(), ()) if found is None else found

    def _instant(self, day: date, minutes: int, fold: int) -> datetime:
        days, rest = divmod(minutes, A_DAY)
        clock = time(rest // 60, rest % 60, fold=fold)
        local = datetime.combine(day + timedelta(days=days), clock, self.timezone)
        return local.astimezone(UTC)


def read_hours(given: str, timezone: tzinfo) -> OpeningHours:
    """Return the hours that a setting tells. Raises ValueError where it tells none."""
    weekdays: dict[int, Spans] = {}
    yearly: dict[tuple[int, int], Spans] = {}
    dates: dict[date, Spans] = {}
    entries = [entry.split() for entry in given.split(";") if entry.strip()]
    if not entries or len(entries) > MOST_ENTRIES:
        raise ValueError
    for named, *told in entries:
        spans = _read_spans(told)
        for part in named.split(","):
            if DATE.match(part):
                dates |= dict.fromkeys(_read_dates(part), spans)
            elif found := YEARLY.fullmatch(part):
                day = date(A_LEAP_YEAR, int(found[1]), int(found[2]))
                yearly[day.month, day.day] = spans
            else:
                weekdays |= dict.fromkeys(_read_weekdays(part), spans)
    return OpeningHours(
        timezone=timezone, weekdays=weekdays, yearly=yearly, dates=dates
    )


def tell_opening(opening: datetime, at: datetime, language: str | None = None) -> str:
    """Return an opening as the user reads it, such as "on Monday at 9:00"."""
    clock = f"{opening.hour}:{opening.minute:02}"
    days = (opening.date() - at.astimezone(opening.tzinfo).date()).days
    if days == 0:
        return speak(language, sentences.TODAY_AT, time=clock)
    if days == 1:
        return speak(language, sentences.TOMORROW_AT, time=clock)
    if days < len(DAYS):
        weekday = name_weekday(language, opening)
        return speak(language, sentences.ON_WEEKDAY_AT, weekday=weekday, time=clock)
    date_ = name_date(language, opening)
    return speak(language, sentences.ON_DATE_AT, date=date_, time=clock)


def _read_spans(told: list[str]) -> Spans:
    if [word.lower() for word in told] == ["off"]:
        return ()
    if not told:
        raise ValueError
    return tuple(map(_read_span, told))


def _read_span(told: str) -> tuple[int, int]:
    found = SPAN.fullmatch(told)
    if found is None:
        raise ValueError
    start = _minutes(found[1], found[2])
    end = _minutes(found[3], found[4])
    if start in {end, A_DAY}:
        raise ValueError
    return start, end if end > start else end + A_DAY


def _minutes(hour: str, minute: str) -> int:
    minutes = int(hour) * 60 + int(minute)
    if int(minute) >= 60 or minutes > A_DAY:
        raise ValueError
    return minutes


def _read_weekdays(part: str) -> list[int]:
    if part.lower() == "daily":
        return list(range(len(DAYS)))
    first, _, last = part.lower().partition("-")
    start = _weekday(first)
    end = _weekday(last) if last else start
    return [(start + n) % len(DAYS) for n in range((end - start) % len(DAYS) + 1)]


def _weekday(word: str) -> int:
    """Return a day by its name, or its first three letters. Raises ValueError."""
    names = [name.lower() for name in NAMES]
    return names.index(word) if word in names else DAYS.index(word)


def _read_dates(part: str) -> list[date]:
    first, _, last = part.partition("..")
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    days = (end - start).days
    if not 0 <= days < MOST_DAYS_OFF:
        raise ValueError
    return [start + timedelta(days=n) for n in range(days + 1)]
