"""How long a talk waits."""

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.chat.replies import Batch
from bot.media.kinds import kind_of
from db.records import Turn, Userchat

# What is chosen together is sent one by one, as fast as it is loaded up.
ALBUMS = ("image", "video", "document")
# The words of an album come with its first picture, or after its last one.
WITH_WORDS_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a talk waits: for quiet, before a notice, until it is too late.

    `quiet_media_seconds` is for albums: they come as one message for each picture.
    """

    quiet_seconds: float = 0.8
    quiet_media_seconds: float = 8
    notice_seconds: float = 120
    max_age: timedelta = timedelta(minutes=60)

    def quiet_left(self, batch: Batch, *, looks: bool = False) -> float:
        """Return how many seconds of quiet a batch still needs; 0 or less: none.

        Only where what comes beside text is looked at, more of it is waited for.
        """
        now = datetime.now(UTC)
        waits = [self._quiet_after(batch, place, looks) for place in range(len(batch))]
        # A clock that is behind makes no wait longer.
        ages = (max(0.0, (now - t.timestamp).total_seconds()) for t in batch)
        return max(wait - age for wait, age in zip(waits, ages, strict=True))

    def _quiet_after(self, batch: Batch, place: int, looks: bool) -> float:
        turn, later = batch[place], batch[place + 1 :]
        is_last = not later
        quiet = self.quiet_seconds if is_last else 0.0
        if not looks or not has_siblings(turn):
            return quiet
        has_words = any(each.content.strip() for each in (turn, *later))
        longest = self.quiet_media_seconds
        return max(quiet, min(longest, WITH_WORDS_SECONDS) if has_words else longest)

    def fresh_of(self, chat: Userchat) -> Batch:
        """Return what the user wrote of late, answered or not."""
        theirs = (turn for turn in chat.turns if turn.role == "user")
        return tuple(turn for turn in theirs if not self.is_too_old((turn,)))

    def is_too_old(self, batch: Batch) -> bool:
        """Tell whether the batch waited so long that its answer would only confuse."""
        return age_of(batch) > self.max_age

    def needs_notice(self, chat: Userchat, batch: Batch) -> bool:
        """Tell whether the user waited long and was not told yet."""
        told = {sid for turn in chat.turns for sid in turn.notice_for}
        waited = age_of(batch).total_seconds() > self.notice_seconds
        return waited and not told & {turn.message_sid for turn in batch}


def has_siblings(turn: Turn) -> bool:
    """Tell whether a message may be one of an album: people choose several at once."""
    kinds = (kind_of(str(media.get("type", ""))) for media in turn.media)
    return any(kind in ALBUMS for kind in kinds)


def age_of(batch: Batch) -> timedelta:
    """Return how long the oldest message of the batch has been waiting."""
    return datetime.now(UTC) - batch[0].timestamp


def seconds_to(deadline: float | None) -> float:
    """Return what is left until the deadline, and a moment in any case."""
    return math.inf if deadline is None else max(0.1, deadline - time.monotonic())
