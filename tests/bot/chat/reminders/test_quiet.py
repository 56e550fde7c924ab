"""Quiet hours: read from a setting, and when they end."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.chat.reminders.quiet import QuietHours, read_quiet_hours

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-11-26T21:59", None),
        ("2026-11-26T22:00", "2026-11-27T08:00"),
        ("2026-11-27T00:30", "2026-11-27T08:00"),
        ("2026-11-27T08:00", None),
        # The clocks go back and forth.
        ("2026-10-25T01:00", "2026-10-25T08:00"),
        ("2026-03-29T01:30", "2026-03-29T08:00"),
    ],
)
def test_the_night_ends_in_the_morning(at: str, ends: str | None) -> None:
    quiet = read_quiet_hours("22:00-08:00", BERLIN)
    local = datetime.fromisoformat(at).replace(tzinfo=BERLIN)
    end = ends and datetime.fromisoformat(ends).replace(tzinfo=BERLIN)
    assert quiet.end_after(local.astimezone(UTC)) == (end or None)


def test_a_span_of_one_day_and_none_at_all() -> None:
    noon = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
    lunch = read_quiet_hours("12:00-13:00", UTC).end_after(noon)
    assert lunch == noon.replace(hour=13, minute=0)
    assert QuietHours().end_after(noon) is None


@pytest.mark.parametrize("given", ["", "22-8", "24:00-08:00", "8:00-8:00", "1:00-2:60"])
def test_what_tells_no_hours_is_refused(given: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (the reader says more)
        read_quiet_hours(given, UTC)
