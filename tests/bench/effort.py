"""How long the bench takes its measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Rounds of so many seconds, and how many messages where they are counted."""

    rounds: int
    seconds: float
    idle_messages: int
    crowd: int
    answers: int
    long_chat: int
    search_chats: int


FULL = Effort(
    rounds=5,
    seconds=6.0,
    idle_messages=200,
    crowd=200,
    answers=10_000,
    long_chat=10_000,
    search_chats=100_000,
)
# Shows that everything works; its figures mean little.
QUICK = Effort(
    rounds=1,
    seconds=1.0,
    idle_messages=10,
    crowd=20,
    answers=200,
    long_chat=200,
    search_chats=3_000,
)
