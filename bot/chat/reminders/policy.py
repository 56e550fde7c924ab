"""What an operator decided about what the bot says by itself, later."""

from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo

from bot.environment import Reader
from bot.quiet_hours import QuietHours, read_quiet_hours

# A follow-up is free text: the service window must still be open.
MOST_HOURS = 23


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderPolicy:
    """Whether users may be reminded of something, and followed up.

    `follow_up`: how long after an offer who is silent is asked once; None: never. In
    `quiet` hours it is not. Times are told and read as of `timezone`.
    """

    is_on: bool = False
    follow_up: timedelta | None = None
    quiet: QuietHours = field(default_factory=QuietHours)
    timezone: tzinfo = UTC


def read_reminders(read: Reader) -> ReminderPolicy:
    """Return what is set; what is wrong is collected by the reader."""
    zone: tzinfo = read.zone("TIMEZONE", UTC)
    hours = read.number("FOLLOW_UP_HOURS", 0, 0, MOST_HOURS)
    return ReminderPolicy(
        is_on=read.text("REMINDERS", "on|off", "on or off") == "on",
        follow_up=timedelta(hours=hours) if hours else None,
        quiet=read_quiet_hours(read),
        timezone=zone,
    )
