"""What the LLM is shown of a stretch, and asked about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.media.seeing import NOTHING_SEEN, Seen
from bot.chat.memory.borders import barred, frame
from bot.chat.memory.labels import INTENTS, SENTIMENTS
from bot.chat.memory.words import ABOUT, REMEMBER
from bot.chat.prompt import describe_turn, estimate_tokens
from bot.llm.protocol import PromptMessage
from db.records import Turn

WORDS_A_SECTION = 80
# What one turn shows at most, in bytes: first the longest that makes all of them fit.
LENGTHS = (2000, 1000, 500, 250, 120, 60)
WHOSE = {"user": "customer", "assistant": "assistant", "system": "note"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a stretch; `sids` are the messages of its lines, from 1."""

    prompt: list[PromptMessage]
    sids: tuple[str | None, ...]

    def sid_of(self, line: int) -> str | None:
        """Return the MessageSid of a line of the user's; None: it is none."""
        return self.sids[line - 1] if 0 < line <= len(self.sids) else None


def ask_about(
    turns: Sequence[Turn],
    topics: Sequence[str],
    most_tokens: int,
    more: str = "",
    seen: Seen = NOTHING_SEEN,
) -> Question:
    """Return the question about turns of the transcript, in about so many tokens.

    `more` says what belongs into `facts`; without it they are not asked for. `seen` is
    what was heard and seen of what the turns brought.
    """
    told = REMEMBER.format(
        border="{border}",
        words=WORDS_A_SECTION,
        topics=", ".join(topics),
        intents=", ".join(INTENTS),
        sentiments=", ".join(SENTIMENTS),
        more=', "facts": [...]' if more else "",
    )
    rules = " ".join(filter(None, (told, more)))
    left = max(most_tokens - estimate_tokens(rules), most_tokens // 4)
    chosen = fit(turns, left, seen)
    lines = [show(turn, n, most, seen) for n, (turn, most) in enumerate(chosen, 1)]
    system, piece = frame(rules, lines)
    sids = (t.message_sid if t.role == "user" else None for t, _ in chosen)
    asked = PromptMessage("user", f"{ABOUT}\n{piece}")
    return Question([PromptMessage("system", system), asked], tuple(sids))


def fit(
    turns: Sequence[Turn], most_tokens: int, seen: Seen = NOTHING_SEEN
) -> list[tuple[Turn, int]]:
    """Return the turns that are shown, and how long each may be, in bytes.

    All of them, cut as little as fits; of more than fit in 60 bytes each every second,
    third, and so on.
    """
    for most in LENGTHS:
        if sum(size_of(turn, seen, most) for turn in turns) <= most_tokens:
            return [(turn, most) for turn in turns]
    needed = sum(size_of(turn, seen, LENGTHS[-1]) for turn in turns)
    every = -(-needed // max(most_tokens, 1))
    return [(turn, LENGTHS[-1]) for turn in turns[::every]]


def size_of(turn: Turn, seen: Seen = NOTHING_SEEN, most: int = LENGTHS[0]) -> int:
    """Return about how many tokens a turn takes where it is shown."""
    return estimate_tokens(show(turn, 0, most, seen))


def show(turn: Turn, number: int, most: int, seen: Seen = NOTHING_SEEN) -> str:
    """Return a turn as a numbered line, or several."""
    text = describe_turn(turn, seen=seen)
    if len(text.encode()) > most:
        text = text.encode()[:most].decode(errors="ignore") + " \u2026"
    return barred(text, f"{number} {WHOSE[turn.role]}: ")
