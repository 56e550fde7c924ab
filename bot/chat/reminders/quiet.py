"""Hours in which the bot begins nothing by itself: QUIET_HOURS, such as 22:00-08:00."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

QUIET_HINT = "two times of a day, such as 22:00-08:00"
SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day to another, perhaps of the next day; alike: never."""

    begin: time = time()
    end: time = time()
    timezone: tzinfo = UTC

    def end_after(self, at: datetime) -> datetime | None:
        """Return when the quiet hours end in which an instant is; None: in none."""
        local = at.astimezone(self.timezone)
        yesterday = local.date() - timedelta(days=1)
        for day in (yesterday, local.date()):
            begin = datetime.combine(day, self.begin, self.timezone)
            last = day if self.begin <= self.end else day + timedelta(days=1)
            # An hour that comes twice is quiet both times.
            end = datetime.combine(last, self.end.replace(fold=1), self.timezone)
            # (Of two times of one zone Python compares the clocks.)
            if begin.astimezone(UTC) <= at < end.astimezone(UTC):
                return end
        return None


def read_quiet_hours(given: str, timezone: tzinfo) -> QuietHours:
    """Return the hours that a setting tells. Raises ValueError where it tells none."""
    found = SPAN.fullmatch(given.strip())
    if found is None:
        raise ValueError
    begin, end = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    if begin == end:
        raise ValueError
    return QuietHours(begin, end, timezone)
