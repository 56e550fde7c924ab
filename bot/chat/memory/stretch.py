"""Which turns are to be summed up next."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.media.seeing import NOTHING_SEEN, Seen
from bot.chat.memory.asking import size_of
from bot.chat.prompt import BYTES_A_TOKEN
from db.records import Turn

# Of a prompt's turns and tokens those that stay whole when the rest is summed up.
KEPT_TURNS_SHARE = 2
KEPT_TOKENS_SHARE = 4
LEAST_TURNS = 4


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a talk a prompt shows: turns, and (estimated) tokens."""

    most_turns: int
    token_budget: int

    @property
    def tokens_to_read(self) -> int:
        """How long a prompt may be that asks for a summary."""
        return self.token_budget

    @property
    def kept_turns(self) -> int:
        """How many turns at most stay as they are."""
        return max(self.most_turns // KEPT_TURNS_SHARE, 2)

    @property
    def kept_tokens(self) -> int:
        """How long these are at most."""
        return self.token_budget // KEPT_TOKENS_SHARE

    @property
    def new_bytes(self) -> int:
        """How much text may be new before anybody looks whether all of it fits."""
        half = self.token_budget // 2
        return max(half - self.kept_tokens, 1) * BYTES_A_TOKEN

    def is_full(self, sizes: Sequence[int]) -> bool:
        """Tell whether turns of these sizes are about to fall out of a prompt.

        Passages get half of it.
        """
        is_long = sum(sizes) > self.token_budget // 2 and len(sizes) >= LEAST_TURNS
        return is_long or len(sizes) >= max(self.most_turns, LEAST_TURNS)


def next_stretch(
    turns: Sequence[Turn], room: Room, seen: Seen = NOTHING_SEEN
) -> list[Turn]:
    """Return the oldest of the turns that nothing covers, to be summed up now.

    None of them as long as a prompt has room for all. A stretch ends before a word of
    the user's, with whatever was said to the message that is its last.
    """
    sizes = [size_of(turn, seen) for turn in turns]
    if not room.is_full(sizes):
        return []
    end = len(turns) - max(_fitting(sizes[::-1], room.kept_tokens, room.kept_turns), 1)
    end = min(end, max(_fitting(sizes, room.tokens_to_read // 2, len(sizes)), 1))
    while end and not _is_border(turns, end):
        end -= 1
    return list(turns[:end])


def last_sid(turns: Sequence[Turn]) -> str | None:
    """Return the MessageSid of the last message of the user's."""
    sids = (t.message_sid for t in reversed(turns) if t.role == "user")
    return next((sid for sid in sids if sid), None)


def _fitting(sizes: Sequence[int], most_tokens: int, most_turns: int) -> int:
    """Return how many of the first ones have room."""
    left, count = most_tokens, 0
    for size in sizes[:most_turns]:
        left -= size
        if left < 0:
            break
        count += 1
    return count


def _is_border(turns: Sequence[Turn], end: int) -> bool:
    """Tell whether a stretch may end here: known by its last message, and answered."""
    theirs = [turn for turn in turns[:end] if turn.role == "user"]
    is_named = bool(theirs) and theirs[-1].message_sid is not None
    return is_named and turns[end].role == "user" and turns[end - 1].role != "user"
