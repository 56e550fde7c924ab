"""What an operator decided about memory."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.chat.memory.sorting.rules import (
    DEPARTMENTS_HINT,
    PRIORITIES_HINT,
    Rule,
    read_rules,
)
from bot.environment import Reader
from db.records.support import PRIORITIES

TOPICS = (
    "products", "prices", "orders", "delivery", "appointments", "opening hours",
    "payment", "returns", "technical problem", "account", "complaint", "feedback",
    "small talk", "other",
)  # fmt: skip
MOST_TOPICS, LONGEST_TOPIC = 40, 40
TOPICS_HINT = "topics of 40 letters at most, separated by , (40 at most)"
# A comma parts them, and quotes would end the list in which the LLM reads them.
TOPIC = re.compile(r"[^\W_][^\n\"{}\[\]<>|,]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPolicy:
    """Whether talks are summed up and labelled, and when one has gone quiet.

    `across_chats`: what was said before the idle time-out is told in the next chat.
    `topics` are those that a chat may be labelled with, and no others. `departments`
    and `priorities` are rules by which a labelled chat gets one.
    """

    is_on: bool = True
    quiet: timedelta = timedelta(minutes=15)
    across_chats: bool = False
    topics: tuple[str, ...] = TOPICS
    departments: tuple[Rule, ...] = ()
    priorities: tuple[Rule, ...] = ()


def read_memory(read: Reader) -> MemoryPolicy:
    """Return what is set; what is wrong is collected by the reader."""
    minutes = read.number("MEMORY_QUIET_MINUTES", 15, 1, 1440)
    topics: tuple[str, ...] = read.parsed(
        "MEMORY_TOPICS", _read_topics, TOPICS, TOPICS_HINT
    )
    return MemoryPolicy(
        is_on=read.text("MEMORY", "on|off", "on or off") != "off",
        quiet=timedelta(minutes=minutes),
        across_chats=read.text("REMEMBER_ACROSS_CHATS", "on|off", "on or off") == "on",
        topics=topics,
        departments=read.parsed(
            "MEMORY_DEPARTMENTS",
            lambda given: read_rules(given, topics),
            (),
            DEPARTMENTS_HINT,
        ),
        priorities=read.parsed(
            "MEMORY_PRIORITIES",
            lambda given: read_rules(given, topics, PRIORITIES),
            (),
            PRIORITIES_HINT,
        ),
    )


def _read_topics(given: str) -> tuple[str, ...]:
    topics = tuple(
        dict.fromkeys(" ".join(each.split()).lower() for each in given.split(","))
    )
    found = tuple(topic for topic in topics if topic)
    if not found or len(found) > MOST_TOPICS:
        raise ValueError
    if any(len(t) > LONGEST_TOPIC or not TOPIC.fullmatch(t) for t in found):
        raise ValueError
    return found
