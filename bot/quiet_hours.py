"""The hours of the day in which the bot writes to nobody first."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from bot.environment import Reader

SETTING = "QUIET_HOURS"
SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")
HINT = "two times of a day, such as 22:00-08:00"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day to another, perhaps of the next day; alike: never."""

    begins: time = time()
    ends: time = time()
    timezone: tzinfo = UTC

    def is_quiet(self, at: datetime) -> bool:
        """Tell whether that instant lies within them."""
        return self.end_after(at) is not None

    def end_after(self, at: datetime) -> datetime | None:
        """Return when the quiet hours end in which an instant is; None: in none."""
        local = at.astimezone(self.timezone)
        yesterday = local.date() - timedelta(days=1)
        for day in (yesterday, local.date()):
            begins = datetime.combine(day, self.begins, self.timezone)
            last = day if self.begins <= self.ends else day + timedelta(days=1)
            # An hour that comes twice is quiet both times.
            ends = datetime.combine(last, self.ends.replace(fold=1), self.timezone)
            # (Of two times of one zone Python compares the clocks.)
            if begins.astimezone(UTC) <= at < ends.astimezone(UTC):
                return ends
        return None

    def __str__(self) -> str:
        """Return them as they are set."""
        if self.begins == self.ends:
            return "none"
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def read_quiet_hours(read: Reader) -> QuietHours:
    """Return what is set; what is wrong is collected by the reader."""
    zone: tzinfo = read.zone("TIMEZONE", UTC)

    def parse(given: str) -> QuietHours:
        return _parse(given, zone)

    return read.parsed(SETTING, parse, QuietHours(timezone=zone), HINT)


def _parse(given: str, timezone: tzinfo) -> QuietHours:
    found = SPAN.fullmatch(given.strip())
    if found is None:
        raise ValueError
    begins, ends = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    if begins == ends:
        raise ValueError
    return QuietHours(begins, ends, timezone)
