"""What is set about reminders, and what the LLM is told of the time for them."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chat.asked import prompt_for
from bot.chat.reminders.policy import ReminderPolicy, read_reminders
from bot.environment import Reader
from bot.quiet_hours import QuietHours
from tests.bot.chat.transcripts import POLICY, chat_of, user_says

LIMA = ZoneInfo("America/Lima")
GOOD = {
    "REMINDERS": "on",
    "FOLLOW_UP_HOURS": "4",
    "QUIET_HOURS": "22:00-08:00",
    "TIMEZONE": "America/Lima",
}
BAD = {"REMINDERS": "yes", "FOLLOW_UP_HOURS": "24", "QUIET_HOURS": "8:00-8:00"}


def test_all_of_it_is_off_unless_it_is_set() -> None:
    assert read_reminders(Reader({})) == ReminderPolicy()
    assert read_reminders(Reader(GOOD)) == ReminderPolicy(
        is_on=True,
        follow_up=timedelta(hours=4),
        quiet=QuietHours(time(22), time(8), LIMA),
        timezone=LIMA,
    )


def test_what_is_wrong_is_named() -> None:
    reader = Reader(BAD)
    assert read_reminders(reader) == ReminderPolicy()
    assert set(reader.problems) == set(BAD)


@pytest.mark.parametrize("is_on", [True, False])
def test_the_llm_is_told_the_time_last_where_it_needs_it(is_on: bool) -> None:
    policy = replace(POLICY, timezone=LIMA, reminders=ReminderPolicy(is_on=is_on))
    turn = user_says("Remind me", "1")
    before = datetime.now(UTC).astimezone(LIMA)
    system, _ = prompt_for(chat_of(turn), (turn,), policy)
    after = datetime.now(UTC).astimezone(LIMA)
    told = [f"It is {moment:%H:%M} now." for moment in (before, after)]
    assert str(system.content).endswith(tuple(told)) is is_on
