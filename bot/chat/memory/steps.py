"""What is due in a talk, one step at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.memory.asking import size_of
from bot.chat.memory.line import Line
from bot.chat.memory.stretch import Room, last_sid, next_stretch
from bot.chat.memory.summary import JOINED, MOST_SECTIONS, Section, after, find
from bot.chat.prompt import arrange_turns
from db.records import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Turns to be asked about; the section goes between those `before` and `after`.

    Without turns the sections alone are stored. `is_recap`: what is said of them is
    what the chat was about, and no section.
    """

    turns: Sequence[Turn] = ()
    before: tuple[Section, ...] = ()
    after: tuple[Section, ...] = ()
    is_recap: bool = False


def next_step(line: Line, room: Room, *, is_quiet: bool) -> Step | None:
    """Return what is due, None if nothing is.

    Of a closed chat only what it was about: the chat that continues it does the rest.
    """
    chat, sections = line.newest, line.summary.sections
    if chat.is_active:
        left = line.after(line.summary.covers_until)
        if stretch := next_stretch(left, room, line.seen):
            return Step(turns=stretch, before=sections)
        if len(sections) > MOST_SECTIONS:
            return _join(line, sections)
    until = last_sid(arrange_turns(chat.turns))
    is_new = until is not None and until != chat.recap_until
    if is_new and (is_quiet or not chat.is_active):
        turns = line.after(line.summary.covers_until)
        return Step(turns=turns, is_recap=True) if turns else None
    return None


def _join(line: Line, sections: tuple[Section, ...]) -> Step:
    """Return the neighbours that tell of the least, to be told anew as one.

    From the transcript: a summary of summaries loses more each time. What is not in
    the transcript any more is not remembered either.
    """
    turns = line.after(None)
    left = tuple(s for s in sections if find(turns, s.until) is not None)
    if len(left) <= MOST_SECTIONS:
        return Step(before=left)
    ends = [0, *(len(turns) - len(after(turns, section.until)) for section in left)]
    sizes = [size_of(turn, line.seen) for turn in turns]
    runs = range(len(left) - JOINED + 1)
    first = min(runs, key=lambda n: sum(sizes[ends[n] : ends[n + JOINED]]))
    stretch = turns[ends[first] : ends[first + JOINED]]
    return Step(turns=stretch, before=left[:first], after=left[first + JOINED :])
