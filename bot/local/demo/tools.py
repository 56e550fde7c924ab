"""What the bot of `make run` may do for the demo bakery, beside its SQL tools."""

from datetime import date, timedelta

from bot.local.demo_tables import book_table, my_tables
from bot.tools import tool

__all__ = ["book_table", "my_tables", "opening_hours"]

# As demo/opening-hours.md tells them, from Monday on.
WEEK = (*["6:30 to 18:30"] * 5, "6:30 to 14:00", "8:00 to 11:30")
IN_WORDS = (
    "Monday to Friday 6:30 to 18:30, Saturday 6:30 to 14:00, Sunday 8:00 to 11:30. "
    "On public holidays closed, but for Good Friday 8:00 to 11:30."
)
CLOSED = "closed"
HOLIDAYS = {
    (12, 24): "6:30 to 12:00",
    (12, 31): "6:30 to 13:00",
    **dict.fromkeys([(12, 25), (12, 26), (12, 27), (1, 1)], CLOSED),
}
AUGUST, SUMMER = 8, timedelta(weeks=2)


@tool(effects="none")
def opening_hours(day: date | None = None) -> str:
    """Tell when the bakery is open on a day; without one, in a usual week."""
    if day is None:
        return IN_WORDS
    hours = CLOSED if _is_summer(day) else WEEK[day.weekday()]
    return f"{day:%A, %d %B %Y}: {HOLIDAYS.get((day.month, day.day), hours)}"


def _is_summer(day: date) -> bool:
    """Tell whether a day is from the first to the third Monday of August."""
    first = date(day.year, AUGUST, 1)
    monday = first + timedelta(days=-first.weekday() % 7)
    return monday <= day < monday + SUMMER
