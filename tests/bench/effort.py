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
    answers_of_slow_llm: int
    wake_ups: int
    starts: int
    long_chat: int
    search_chats: int


FULL = Effort(
    rounds=5,
    seconds=6.0,
    idle_messages=200,
    crowd=200,
    answers=10_000,
    answers_of_slow_llm=4_000,
    wake_ups=1_000,
    starts=7,
    long_chat=10_000,
    search_chats=100_000,
)
# One lap of a comparison, which takes several.
LAP = Effort(
    rounds=1,
    seconds=5.0,
    idle_messages=60,
    crowd=200,
    answers=2_000,
    answers_of_slow_llm=1_500,
    long_chat=2_000,
    search_chats=20_000,
    wake_ups=300,
    starts=5,
)
# Shows that everything works; its figures mean little.
QUICK = Effort(
    rounds=1,
    seconds=1.0,
    idle_messages=4,
    crowd=20,
    answers=100,
    answers_of_slow_llm=60,
    wake_ups=20,
    starts=2,
    long_chat=200,
    search_chats=3_000,
)
