"""What an operator sets about passing chats on."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chat.handoff.hours import OpeningHours
from bot.chat.handoff.policy import HandoffPolicy
from bot.settings import Settings, SettingsError


def read(**environment: str) -> HandoffPolicy:
    return Settings.from_env(environment).handoff


def test_nothing_set_is_eight_hours_and_always_open() -> None:
    assert read() == HandoffPolicy()
    assert HandoffPolicy().lasts == timedelta(hours=8)
    assert HandoffPolicy().hours.is_always


def test_everything_can_be_set() -> None:
    policy = read(
        HANDOFF_HOURS="0.5",
        HANDOFF_ENDS="queue",
        HANDOFF_WORDS=" Refund!, speak to Mar\u00eda ,",
        HANDOFF_AFTER_ERRORS="off",
        OPENING_HOURS="mon 09:00-24:00; 12-25 off",
        TIMEZONE="America/Lima",
    )
    assert policy == HandoffPolicy(
        lasts=timedelta(minutes=30),
        ends="queue",
        words=("refund", "speak to maria"),
        after_errors=False,
        hours=OpeningHours(
            timezone=ZoneInfo("America/Lima"),
            weekdays={0: ((540, 1440),)},
            yearly={(12, 25): ()},
        ),
    )


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("HANDOFF_HOURS", "0.05"),
        ("HANDOFF_HOURS", "721"),
        ("HANDOFF_ENDS", "human"),
        ("HANDOFF_WORDS", "!, refund"),
        ("HANDOFF_WORDS", "x" * 101),
        ("HANDOFF_WORDS", "a," * 101),
        ("HANDOFF_AFTER_ERRORS", "yes"),
        ("OPENING_HOURS", "9-17"),
        ("OPENING_HOURS", "2026-02-30 off"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(name: str, wrong: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(**{name: wrong})
    assert list(raised.value.problems) == [name]
    assert wrong not in str(raised.value)


def test_in_memory_there_is_nobody_to_pass_a_chat_on_to() -> None:
    assert Settings.from_env({"STORAGE_BACKEND": "memory"}).policy.handoff is None
    settings = Settings.from_env({"TIMEZONE": "UTC"})
    assert settings.policy.handoff == settings.handoff
    assert settings.handoff.hours.timezone is UTC
