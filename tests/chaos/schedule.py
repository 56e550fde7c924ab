"""Who writes what and when, and what is killed when: all of it from the seed."""

import random
from collections import Counter
from dataclasses import dataclass

# Said in turns: who says much the same again and again is taken for a machine.
WORDS = (
    "Where is my order?",
    "Thanks!",
    "Do you open on Sunday?",
    "And in blue?",
    "How much is shipping?",
    "I would like two of them",
    "Can I pay when it comes?",
    "Nobody called me back",
)
# Enough for answers of several parts, and for chats that grow full.
LONGEST_STORY = 100
GAP_IN_A_BURST = (0.03, 0.15)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is sent, and over how many seconds."""

    users: int
    messages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that a user sends `due` seconds after the start."""

    due: float
    user: str
    token: str
    message_sid: str
    text: str


@dataclass(frozen=True, slots=True)
class Kill:
    """Kills `name` once in `every` seconds, for `away` (least, most) seconds.

    It happens somewhere `within` these shares of that time. What is frozen instead
    goes on afterwards as if nothing had been.
    """

    name: str
    every: float
    away: tuple[float, float] = (0.0, 1.5)
    within: tuple[float, float] = (0.1, 0.7)
    freezes: bool = False


@dataclass(frozen=True, slots=True)
class PlannedKill:
    """A kill `due` seconds after the start; it is started again `away` later."""

    due: float
    name: str
    away: float
    freezes: bool


def dice_for(*what: object) -> random.Random:
    return random.Random(" ".join(map(str, what)))  # noqa: S311 (no secret)


def address_of(user: int) -> str:
    return f"whatsapp:+1555{user:07d}"


def plan_messages(seed: int, size: Size, burst: int = 1) -> list[Planned]:
    """Spread the messages over the time; `burst` of them at a time for one user.

    All users write equally much, and none so much that the bot takes them for a machine
    (see bot/chat/limits/brake.py): as long as there are at most twelve messages each.
    """
    dice = dice_for(seed, "messages")
    written: Counter[int] = Counter()
    plan: list[Planned] = []
    deck: list[int] = []
    while len(plan) < size.messages:
        due = dice.uniform(0, size.seconds)
        deck = deck or dice.sample(range(size.users), size.users)
        user = deck.pop()
        for _ in range(min(burst, size.messages - len(plan))):
            written[user] += 1
            plan.append(_message(dice, due, user, written[user]))
            due += dice.uniform(*GAP_IN_A_BURST)
    return sorted(plan, key=lambda message: message.due)


def _message(dice: random.Random, due: float, user: int, number: int) -> Planned:
    token = f"[u{user:02d}-m{number:03d}-{dice.getrandbits(16):04x}]"
    sid = f"SM{dice.getrandbits(128):032x}"
    story = " ".join(f"{dice.getrandbits(24):x}" for _ in range(_length(dice)))
    text = f"{token} {WORDS[number % len(WORDS)]} {story}".rstrip()
    return Planned(due, address_of(user), token, sid, text)


def _length(dice: random.Random) -> int:
    """Most messages are short, a few tell a story."""
    return int(LONGEST_STORY * dice.random() ** 3)


def plan_kills(seed: int, kills: tuple[Kill, ...], seconds: float) -> list[PlannedKill]:
    """Spread each sort of kill over the time, once at least."""
    dice = dice_for(seed, "kills")
    plan = []
    for kill in kills:
        times = max(1, round(seconds / kill.every))
        for number in range(times):
            due = (number + dice.uniform(*kill.within)) * seconds / times
            away = dice.uniform(*kill.away)
            plan.append(PlannedKill(due, kill.name, away, kill.freezes))
    return sorted(plan, key=lambda kill: kill.due)
