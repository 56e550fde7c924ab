"""Which of a user's own files a message may be about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Literal

from bot.chat.quotes.finding import find_quoted
from bot.chat.replies import Batch
from bot.knowledge.finding.followup import COMMON
from bot.knowledge.words import split_words
from bot.media.kinds import kind_of
from db.records import SeenMedia, Turn, Userchat

MOST_FILES = 5
MOST_AGE = timedelta(days=7)
# Of so many messages before it a message is about the file all the same: "sum it up".
RECENT = 3

# `meant`: it comes with the message, which quotes or names it. `recent`: it came just
# before. `earlier`: else.
Nearness = Literal["meant", "recent", "earlier"]


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that a user sent, and how near a message is to it."""

    seen: SeenMedia
    nearness: Nearness


def choose_files(chat: Userchat, batch: Batch, words: str) -> list[OwnFile]:
    """Return the files that a batch, which says `words`, may be about: five at most.

    What is meant comes first, then the newest. What is a week older than the batch is
    not looked at, unless a message quotes it.
    """
    now = {turn.message_sid for turn in batch}
    meant = now | {turn.quotes for turn in batch if turn.quotes}
    before = _turns_before(chat, now)
    recent = {turn.message_sid for turn in before[-RECENT:]}
    known = find_quoted(chat)
    wanted = [known[sid] for sid in meant - now if sid and sid in known]
    since = max(turn.timestamp for turn in batch) - MOST_AGE
    late = [turn for turn in before if turn.timestamp > since]
    wanted += [*reversed(batch), *reversed(late)]
    asked = set(split_words(words)) - COMMON
    found: dict[tuple[str, int], OwnFile] = {}
    for turn in wanted:
        near: Nearness = "recent" if turn.message_sid in recent else "earlier"
        for seen in _files_of(chat, turn):
            is_meant = turn.message_sid in meant or _names(seen, asked)
            file = OwnFile(seen, "meant" if is_meant else near)
            found.setdefault((seen.message_sid, seen.position), file)
    ordered = sorted(found.values(), key=lambda file: file.nearness != "meant")
    return ordered[:MOST_FILES]


def has_files(chat: Userchat) -> bool:
    """Tell whether any turn of a chat brought or quotes a file that was read."""
    return any(map(_is_file, chat.seen.values()))


def _turns_before(chat: Userchat, now: set[str | None]) -> list[Turn]:
    without = now | {turn.message_sid for turn in chat.unanswered()}
    said = (*chat.earlier_turns, *chat.turns)
    return [t for t in said if t.role == "user" and t.message_sid not in without]


def _files_of(chat: Userchat, turn: Turn) -> Iterator[SeenMedia]:
    for position in range(len(turn.media)):
        seen = chat.seen.get((turn.message_sid or "", position))
        if seen is not None and _is_file(seen):
            yield seen


def _is_file(seen: SeenMedia) -> bool:
    return seen.state == "read" and kind_of(seen.media_type) == "document"


def _names(seen: SeenMedia, asked: set[str]) -> bool:
    name = split_words(PurePath(seen.file_name or "").stem)
    return any(word in asked for word in name if not word.isdigit())
