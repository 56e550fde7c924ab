"""Arguments out of what somebody wrote, by the types that a tool wants them in."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from bot.local.toy.dates import Span, find_dates, find_times
from bot.local.toy.schemas import Kind, Wanted
from bot.local.toy.words import LONGEST_TEXT, listed, root, tokens_of

NUMBERS = listed("zero one two three four five six seven eight nine ten eleven twelve")
QUOTED = re.compile(r"\"([^\"\n\x00]{1,200})\"|\u201c([^\u201d\n\x00]{1,200})\u201d")
# An order's number, or the like: A-1042, #1042, 1042, INV2026/17.
MARK = re.compile(r"#?\b(?=[\w/-]*\d\d\d)((?:[A-Za-z]{1,6}-?)?\d[\w/-]{2,40})\b")
# Of what somebody is to be told, and what such an argument is called.
TELL_ME = re.compile(r"\b(?:me|us)\b[^:]*?(?:\b(?:to|that|about|of)\b|:)(.+)", re.S)
TEXTS = frozenset(listed("text message note"))
NUMBER = re.compile(rf"\b(?:\d{{1,6}}(?:\.\d{{1,6}})?|{'|'.join(NUMBERS)})\b", re.I)
# People are counted so, whatever the argument is called.
COUNTED = frozenset(map(root, listed("people persons guests adults seats pax")))
RANKS: dict[Kind, int] = {
    "choice": 0, "moment": 1, "date": 2, "time": 2, "text": 3, "list": 3, "integer": 4,
    "number": 4, "boolean": 5,
}  # fmt: skip
YES, NO = frozenset({"yes", "yeah", "sure"}), frozenset({"no", "nope", "not"})
MOST_ITEMS = 20
LONGEST_ANSWER = 120
NO_ANSWER = frozenset(listed("no nope never nothing cancel stop forget wait why what"))


@dataclass(slots=True)
class Said:
    """What somebody wrote, and what of it no argument has taken yet."""

    text: str
    today: date
    left: str = field(init=False)
    dates: list[date] = field(init=False)
    times: list[time] = field(init=False)

    def __post_init__(self) -> None:
        """Find days and times first: their digits are no numbers."""
        self.left = self.text = self.text[:LONGEST_TEXT]
        self.dates = self._take(find_dates(self.left, self.today))
        self.times = self._take(find_times(self.left))

    def _take(self, found: Iterator[tuple[Span, Any]]) -> list[Any]:
        """Return what was found, in its order; of what overlaps the first."""
        kept: list[tuple[Span, Any]] = []
        for span, value in found:
            if all(span[1] <= a or b <= span[0] for (a, b), _ in kept):
                kept.append((span, value))
        for span, _ in kept:
            self.blank(span)
        return [value for _, value in sorted(kept, key=lambda one: one[0])]

    def blank(self, span: Span) -> None:
        """Take a place out of what is left."""
        start, end = span
        self.left = self.left[:start] + "\x00" * (end - start) + self.left[end:]


Finder = Callable[[Wanted, Said], Any]


def read_arguments(
    text: str, wanted: Sequence[Wanted], today: date, *, alone: bool = False
) -> dict[str, Any]:
    """Return the arguments that a text tells, by name.

    `alone`: the text answers a question, so that a single argument may be all of it.
    """
    said = Said(text, today)
    found: dict[str, Any] = {}
    for one, find in _in_order(wanted):
        if one.name not in found and (value := find(one, said)) is not None:
            found[one.name] = value
    if alone and len(wanted) == 1 and not found:
        value = _whole(wanted[0], text)
        return {} if value is None else {wanted[0].name: value}
    return found


def _in_order(wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, Finder]]:
    """Yield what to look for, and how: what is told most clearly comes first."""
    for one in sorted(wanted, key=lambda each: (RANKS[each.kind], not each.is_mark)):
        if RANKS[one.kind] == RANKS["integer"]:  # all by name first
            numbers = (w for w in wanted if RANKS[w.kind] == RANKS["integer"])
            yield from ((each, _named_number) for each in numbers)
        yield one, FINDERS[one.kind]


def _choice(one: Wanted, said: Said) -> Any:
    for option in sorted(one.options, key=lambda each: -len(str(each))):
        words = re.escape(str(option)).replace("_", "[ _-]")
        if found := re.search(rf"\b{words}\b", said.left, re.IGNORECASE):
            said.blank(found.span())
            return option
    return None


def _date(_: Wanted, said: Said) -> str | None:
    return said.dates.pop(0).isoformat() if said.dates else None


def _time(_: Wanted, said: Said) -> str | None:
    return f"{said.times.pop(0):%H:%M}" if said.times else None


def _moment(_: Wanted, said: Said) -> str | None:
    if not (said.dates and said.times):
        return None
    return datetime.combine(said.dates.pop(0), said.times.pop(0)).isoformat()


def _text(one: Wanted, said: Said) -> str | None:
    for pattern in (MARK, QUOTED) if one.is_mark else (QUOTED, MARK):
        if found := pattern.search(said.left):
            said.blank(found.span())
            return next(group for group in found.groups() if group)
    return _rest(said) if one.name in TEXTS else None


def _rest(said: Said) -> str | None:
    """Return what somebody is to be told: "remind me tomorrow to buy bread"."""
    found = TELL_ME.search(said.left)
    if found is None:
        return None
    told = found[1].replace("\x00", " ").split()
    while told and told[-1].lower() in {"on", "at", "by"}:  # in front of a day or time
        told.pop()
    said.blank(found.span(1))
    return " ".join(told).strip(" .!?,") or None


def _list(one: Wanted, said: Said) -> list[Any] | None:
    if one.item is None or one.item.kind == "list":
        return None
    items: list[Any] = []
    while len(items) < MOST_ITEMS:
        value = FINDERS[one.item.kind](one.item, said)
        if value is None:
            break
        items.append(value)
    return items or None


def _number(one: Wanted, said: Said) -> int | float | None:
    """Return the number before an argument's name, else the only one that is left."""
    named = _named_number(one, said)
    if named is not None:
        return named
    left = [m for m in _numbers(one, said) if m[0][0].isdigit() or _is_count(m, said)]
    return _taken(one, left[0], said) if len(left) == 1 else None


def _named_number(one: Wanted, said: Said) -> int | float | None:
    words = {root(word) for word in tokens_of(f"{one.name} {one.description}")}
    words |= COUNTED if words & COUNTED else set()
    found = (m for m in _numbers(one, said) if _after(m, said) & words)
    first = next(found, None)
    return _taken(one, first, said) if first else None


def _numbers(one: Wanted, said: Said) -> list[re.Match[str]]:
    found = NUMBER.finditer(said.left)
    return [m for m in found if one.kind == "number" or "." not in m[0]]


def _taken(one: Wanted, found: re.Match[str], said: Said) -> int | float:
    said.blank(found.span())
    word = found[0].lower()
    value = float(NUMBERS.index(word) if word in NUMBERS else word)
    return int(value) if one.kind == "integer" else value


def _after(found: re.Match[str], said: Said) -> set[str]:
    """Return the next two words behind a number."""
    return {root(word) for word in tokens_of(said.left[found.end() :][:60])[:2]}


def _is_count(found: re.Match[str], said: Said) -> bool:
    """Tell whether a number in words is one: for two, a party of five, two of us."""
    before = tokens_of(said.left[: found.start()])[-1:]
    return before in (["for"], ["of"]) or said.left[found.end() :].startswith(" of us")


def _boolean(_: Wanted, said: Said) -> bool | None:
    first = set(tokens_of(said.text)[:1])
    return True if first & YES else False if first & NO else None


FINDERS: dict[Kind, Finder] = {
    "choice": _choice, "date": _date, "time": _time, "moment": _moment, "text": _text,
    "list": _list, "integer": _number, "number": _number, "boolean": _boolean,
}  # fmt: skip


def _whole(one: Wanted, text: str) -> Any:
    """Return a short answer as the argument that was asked for; None: it is none."""
    answer = text.strip().strip("\"'.! ")
    if one.kind == "time" and re.fullmatch(r"\d{1,2}", answer) and int(answer) < 24:
        return f"{int(answer):02}:00"
    if one.kind == "text" and 0 < len(answer) <= LONGEST_ANSWER:
        is_none = set(tokens_of(answer)[:1]) & NO_ANSWER
        return None if is_none or "?" in answer or "\n" in answer else answer
    return None
