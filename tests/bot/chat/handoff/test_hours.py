"""Opening hours: read, asked, and told in words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.chat.handoff.hours import OpeningHours, read_hours

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = "Mon-Fri 09:00-12:30 14:00-18:00; Sat 22:00-02:00; 2026-12-24 off; 12-25 off"


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("when", "is_open", "told"),
    [
        ("2026-11-26 09:00", True, "today at 14:00"),  # a Thursday
        ("2026-11-26 08:59", False, "today at 9:00"),
        ("2026-11-26 12:30", False, "today at 14:00"),
        ("2026-11-26 18:00", False, "tomorrow at 9:00"),
        ("2026-11-27 20:00", False, "tomorrow at 22:00"),
        ("2026-11-28 23:59", True, "on Monday at 9:00"),
        ("2026-11-29 01:59", True, "tomorrow at 9:00"),  # Saturday's night
        ("2026-11-29 02:00", False, "tomorrow at 9:00"),
        ("2026-12-23 18:30", False, "on Saturday at 22:00"),
        ("2026-12-24 10:00", False, "on Saturday at 22:00"),
        ("2027-12-24 10:00", True, "today at 14:00"),
        ("2027-12-25 23:00", False, "on Monday at 9:00"),  # each year's, a Saturday
    ],
)
def test_a_week_with_pauses_nights_and_days_off(
    when: str, is_open: bool, told: str
) -> None:
    hours = read_hours(WEEK, BERLIN)
    assert hours.is_open(at(when)) is is_open
    assert hours.is_open(at(when).astimezone(UTC)) is is_open
    assert hours.tell_next(at(when)) == told


def test_summer_time_moves_no_opening() -> None:
    hours = read_hours("daily 09:00-17:00", BERLIN)
    # In 2026 clocks change on 29 March and on 25 October.
    assert hours.is_open(datetime(2026, 3, 28, 8, 30, tzinfo=UTC))
    assert hours.is_open(datetime(2026, 3, 29, 7, 30, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 3, 28, 7, 30, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 10, 25, 7, 30, tzinfo=UTC))
    night = read_hours("Sat 22:00-02:30; Sun 02:30-03:30", BERLIN)
    # The hour from two to three comes twice in that night: open all of it.
    for minute in ("00:15", "00:45", "01:15", "01:45", "02:15"):
        assert night.is_open(datetime.fromisoformat(f"2026-10-25T{minute}:00+00:00"))
    assert not night.is_open(datetime.fromisoformat("2026-10-25T02:30:00+00:00"))
    # And from two to three there is none in March.
    spring = read_hours("Sun 02:15-03:30", BERLIN)
    assert spring.is_open(datetime(2026, 3, 29, 1, 20, tzinfo=UTC))
    assert not spring.is_open(datetime(2026, 3, 29, 1, 30, tzinfo=UTC))


def test_unset_is_always_open_and_what_is_far_is_told_by_its_date() -> None:
    assert OpeningHours().is_open(datetime.now(UTC))
    hours = read_hours("Mon 09:00-10:00;2026-11-27..2027-01-10 off", BERLIN)
    assert hours.tell_next(at("2026-11-26 12:00")) == "on 11 January at 9:00"
    never = read_hours("Monday off", BERLIN)
    assert not never.is_open(at("2026-11-30 12:00"))
    assert never.tell_next(at("2026-11-26 12:00")) == "later"
    around = read_hours("Fri-Mon,wednesday 00:00-24:00; Sat 10:00-11:00", BERLIN)
    assert around.is_open(at("2026-11-30 23:59"))
    assert not around.is_open(at("2026-12-01 00:00"))
    assert around.is_open(at("2026-11-28 10:30"))
    assert not around.is_open(at("2026-11-28 12:00"))


@pytest.mark.parametrize(
    "wrong",
    [
        ";", "Mon", "09:00-17:00", "Mon 9-17", "Mon 09:00-24:01", "Mon 09:60-10:00",
        "Mon 09:00-09:00", "Mon 24:00-02:00", "Moon 09:00-10:00", "Mon-Fri-Sat off",
        "2026-02-30 off", "02-30 off", "13-01 off", "2026-12-24..2026-12-01 off",
        "2026-01-01..2028-01-01 off", "Mon off 09:00-10:00", "Mon; off", "off",
    ],
)  # fmt: skip
def test_what_tells_no_hours_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (no message: the reader has its own)
        read_hours(wrong, BERLIN)
