"""Quiet hours: over midnight, by the business's clock, and read as they are written."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.environment import Reader
from bot.quiet_hours import QuietHours, read_quiet_hours

BERLIN = ZoneInfo("Europe/Berlin")


def quiet(hours: str, timezone: str = "Europe/Berlin") -> QuietHours:
    return read_quiet_hours(Reader({"QUIET_HOURS": hours, "TIMEZONE": timezone}))


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
    night = quiet("22:00-08:00")
    local = datetime.fromisoformat(at).replace(tzinfo=BERLIN).astimezone(UTC)
    end = ends and datetime.fromisoformat(ends).replace(tzinfo=BERLIN)
    assert night.end_after(local) == (end or None)
    assert night.is_quiet(local) is (ends is not None)


def test_a_span_of_one_day_and_none_at_all() -> None:
    noon = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
    lunch = quiet("12:00-13:00", "UTC")
    assert lunch.end_after(noon) == noon.replace(hour=13, minute=0)
    assert str(lunch) == "12:00-13:00"
    never = read_quiet_hours(Reader({}))
    assert never.end_after(noon) is None
    assert (never.is_quiet(noon), str(never)) == (False, "none")


@pytest.mark.parametrize(
    "given", ["22-8", "24:00-08:00", "8:00-8:00", "1:00-2:60", "night"]
)
def test_what_is_no_span_is_told(given: str) -> None:
    reader = Reader({"QUIET_HOURS": given})
    read_quiet_hours(reader)
    assert "QUIET_HOURS" in reader.problems
