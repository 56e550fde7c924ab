"""How fast broadcasts go, as it is set."""

from bot.broadcasts.account import BroadcastPolicy, read_broadcasts
from bot.environment import Reader


def test_without_settings_it_is_slow_and_for_the_smallest_limit() -> None:
    assert read_broadcasts(Reader({})) == BroadcastPolicy(per_minute=60, per_day=250)


def test_what_is_set_holds_and_what_is_wrong_is_named() -> None:
    given = {"BROADCAST_PER_MINUTE": "300", "BROADCAST_PER_DAY": "1000"}
    found = read_broadcasts(Reader(given))
    assert (found.per_minute, found.per_day) == (300, 1000)
    reader = Reader({"BROADCAST_PER_MINUTE": "0", "BROADCAST_PER_DAY": "many"})
    read_broadcasts(reader)
    assert set(reader.problems) == {"BROADCAST_PER_MINUTE", "BROADCAST_PER_DAY"}
