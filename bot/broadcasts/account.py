"""How fast broadcasts go, and when they don't."""

from dataclasses import dataclass, field

from bot.environment import Reader
from bot.quiet_hours import QuietHours, read_quiet_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastPolicy:
    """How many messages a minute, and how many people in any 24 hours."""

    per_minute: int = 60
    per_day: int = 250
    quiet: QuietHours = field(default_factory=QuietHours)


def read_broadcasts(read: Reader) -> BroadcastPolicy:
    """Return what is set; what is wrong is collected by the reader."""
    return BroadcastPolicy(
        per_minute=read.integer("BROADCAST_PER_MINUTE", 60, 1, 4800),
        per_day=read.integer("BROADCAST_PER_DAY", 250, 1, 10_000_000),
        quiet=read_quiet_hours(read),
    )
