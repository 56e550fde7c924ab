"""The hours of the day in which nobody is written to first."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo

from bot.environment import Reader

SETTING = "QUIET_HOURS"
SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
HINT = "a span of the day, such as 22:00-08:00"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` to `ends`, over midnight if it ends before; without both: never."""

    begins: time | None = None
    ends: time | None = None
    timezone: tzinfo = UTC

    def is_quiet(self, at: datetime) -> bool:
        """Tell whether that instant lies within them."""
        if self.begins is None or self.ends is None:
            return False
        now = at.astimezone(self.timezone).time()
        if self.begins < self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends

    def __str__(self) -> str:
        """Return them as they are set."""
        if self.begins is None or self.ends is None:
            return "none"
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def read_quiet_hours(read: Reader) -> QuietHours:
    """Return what is set; what is wrong is collected by the reader."""
    nothing: tuple[time | None, time | None] = (None, None)
    begins, ends = read.parsed(SETTING, _parse, nothing, HINT)
    return QuietHours(begins, ends, read.zone("TIMEZONE", UTC))


def _parse(given: str) -> tuple[time | None, time | None]:
    found = SPAN.fullmatch(given.strip())
    if found is None:
        raise ValueError
    begins, ends = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    if begins == ends:
        raise ValueError
    return begins, ends
