"""What operators set about memory."""

from datetime import timedelta

import pytest

from bot.chat.memory.policy import MemoryPolicy
from bot.chat.memory.sorting.rules import Rule
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


def test_rules_name_topics_intents_sentiments_and_words() -> None:
    rules = (
        'Sales: order, cakes; the office:  complaint, "Rechnung Nr.", "no; wrong, 1"'
    )
    policy = read(
        MEMORY_TOPICS="cakes, other",
        MEMORY_DEPARTMENTS=rules,
        MEMORY_PRIORITIES="urgent: negative",
    )
    assert policy.departments == (
        Rule("sales", frozenset({"order", "cakes"})),
        Rule("the office", frozenset({"complaint"}), ("rechnung nr", "no wrong 1")),
    )
    assert policy.priorities == (Rule("urgent", frozenset({"negative"})),)


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
        ("MEMORY_DEPARTMENTS", "sales"),
        ("MEMORY_DEPARTMENTS", "sales: cakes"),
        ("MEMORY_DEPARTMENTS", "sa<les: orders"),
        ("MEMORY_DEPARTMENTS", 'sales: orders, ""'),
        ("MEMORY_DEPARTMENTS", 'sales: "!"'),
        ("MEMORY_DEPARTMENTS", 'sales: "invoice'),
        ("MEMORY_DEPARTMENTS", 'sales: "invoice, orders; office: orders'),
        ("MEMORY_DEPARTMENTS", "sales: orders,"),
        ("MEMORY_DEPARTMENTS", "; ".join(["sales: orders"] * 21)),
        ("MEMORY_PRIORITIES", "soon: orders"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**{name: value})
    assert caught.value.problems.keys() == {name}
    assert caught.value.problems[name].startswith("must be ")
