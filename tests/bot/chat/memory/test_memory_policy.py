"""What operators set about memory."""

from datetime import timedelta

import pytest

from bot.chat.memory.policy import MemoryPolicy
from bot.settings import Settings, SettingsError


def read(**environment: str) -> MemoryPolicy:
    return Settings.from_env(environment).policy.memory


def test_memory_is_on_and_nothing_is_carried_over_unless_told_otherwise() -> None:
    assert read() == MemoryPolicy()
    assert (read().is_on, read().across_chats) == (True, False)
    assert read().quiet == timedelta(minutes=15)


def test_everything_can_be_set() -> None:
    assert not read(MEMORY="off").is_on
    assert read(MEMORY_QUIET_MINUTES="60").quiet == timedelta(hours=1)
    assert read(MEMORY_TOPICS=" Cakes, the  shop,cakes,").topics == (
        "cakes",
        "the shop",
    )
    assert read(REMEMBER_ACROSS_CHATS="on").across_chats


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MEMORY", "yes"),
        ("MEMORY_QUIET_MINUTES", "0"),
        ("MEMORY_QUIET_MINUTES", "1441"),
        ("MEMORY_TOPICS", ","),
        ("MEMORY_TOPICS", "a" * 41),
        ("MEMORY_TOPICS", 'ca"kes'),
        ("MEMORY_TOPICS", "[cakes]"),
        ("MEMORY_TOPICS", ",".join(f"topic {n}" for n in range(41))),
        ("REMEMBER_ACROSS_CHATS", "1"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**{name: value})
    assert caught.value.problems.keys() == {name}
    assert caught.value.problems[name].startswith("must be ")
