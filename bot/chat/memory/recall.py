"""What an answer's prompt is told of what it does not show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.memory.borders import barred, frame
from bot.chat.memory.summary import Summary, after
from bot.chat.memory.words import CARRIED, SUMMED_UP
from bot.chat.prompt import (
    BYTES_A_TOKEN,
    TOKENS_A_MESSAGE,
    arrange_turns,
    estimate_tokens,
)
from db.records import Recalled, Turn, Userchat, find_summary

# Of a prompt, in tokens: the talk itself and passages matter more.
SHARE_OF_SUMMARY = 4
SHARE_OF_CARRIED = 8


@dataclass(frozen=True, slots=True)
class Memory:
    """What stands behind the system prompt, and the turns that it does not tell of.

    `summed_until` is the MessageSid up to which a summary in it reaches; `talks` is how
    many earlier ones it tells of.
    """

    told: tuple[str, ...]
    turns: tuple[Turn, ...]
    summed_until: str | None = None
    talks: int = 0


def recall(
    chat: Userchat,
    turns: Sequence[Turn],
    token_budget: int,
    now: datetime,
    *,
    is_on: bool,
) -> Memory:
    """Return what is remembered for a prompt of so many tokens; nothing if it is off.

    What a summary covers is left out of the turns: nothing is shown twice.
    """
    if not is_on:
        return Memory((), tuple(turns))
    carried = _carried(chat.carried, token_budget // SHARE_OF_CARRIED, now)
    told = ["\n".join(frame(CARRIED, carried))] if carried else []
    found = find_summary((*chat.earlier_turns, *chat.turns)) or chat.earlier_summary
    if found is None:
        return Memory(tuple(told), tuple(turns), talks=len(carried))
    sections = Summary.of(found).sections
    most = token_budget // SHARE_OF_SUMMARY // len(sections)
    shown = (barred(_cut(section.text, most)) for section in sections)
    told.append("\n".join(frame(SUMMED_UP, shown)))
    left = _uncovered(turns, found)
    return Memory(tuple(told), left, found.covers_until, len(carried))


def _uncovered(turns: Sequence[Turn], summary: Turn) -> tuple[Turn, ...]:
    arranged = arrange_turns(turns)
    left = {id(turn) for turn in after(arranged, summary.covers_until)}
    covered = {id(turn) for turn in arranged} - left
    return tuple(turn for turn in turns if id(turn) not in covered)


def _cut(text: str, most_tokens: int) -> str:
    """Return a section, shorter where a prompt is: rather all of them than some."""
    if estimate_tokens(text) <= most_tokens:
        return text
    most = max(most_tokens - TOKENS_A_MESSAGE, 1) * BYTES_A_TOKEN
    return text.encode()[:most].decode(errors="ignore") + " \u2026"


def _newest_within(lines: Sequence[str], most_tokens: int) -> list[str]:
    kept: list[str] = []
    for line in reversed(lines):
        most_tokens -= estimate_tokens(line)
        if most_tokens < 0:
            break
        kept.insert(0, line)
    return kept


def _carried(talks: Sequence[Recalled], most_tokens: int, now: datetime) -> list[str]:
    """Return what earlier talks were about, with the age of each, oldest first."""
    lines = [
        barred(talk.text, f"{_age(now - talk.ended_at)}: ") for talk in reversed(talks)
    ]
    return _newest_within(lines, most_tokens)


def _age(since: timedelta) -> str:
    """Return how long ago in words; days alone, so that prompts stay alike."""
    days = max(since.days, 0)
    words = {0: "within the last day", 1: "1 day ago"}
    return words.get(days, f"{days} days ago")
