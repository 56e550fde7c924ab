"""Quiet hours: over midnight, by the business's clock, and read as they are written."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.environment import Reader
from bot.quiet_hours import QuietHours, read_quiet_hours


@pytest.mark.parametrize(
    ("hour", "minute", "is_quiet"),
    [(21, 59, False), (22, 0, True), (3, 0, True), (7, 59, True), (8, 0, False)],
)
def test_they_go_over_midnight(hour: int, minute: int, is_quiet: bool) -> None:
    found = read_quiet_hours(Reader({"QUIET_HOURS": "22:00-08:00"}))
    assert found.is_quiet(datetime(2026, 11, 26, hour, minute, tzinfo=UTC)) is is_quiet


def test_they_are_those_of_the_business() -> None:
    noon = QuietHours(time(12), time(13), ZoneInfo("Europe/Berlin"))
    assert noon.is_quiet(datetime(2026, 11, 26, 11, 30, tzinfo=UTC))
    assert not noon.is_quiet(datetime(2026, 11, 26, 12, 30, tzinfo=UTC))


def test_without_any_nothing_is_quiet() -> None:
    assert not read_quiet_hours(Reader({})).is_quiet(datetime.now(UTC))


@pytest.mark.parametrize("given", ["22-8", "25:00-08:00", "08:00-08:00", "night"])
def test_what_is_no_span_is_told(given: str) -> None:
    reader = Reader({"QUIET_HOURS": given})
    read_quiet_hours(reader)
    assert "QUIET_HOURS" in reader.problems
