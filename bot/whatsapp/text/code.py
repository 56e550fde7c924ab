"""Where inline code is, before the rest of a paragraph is read."""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator

_BACKTICKS = re.compile(r"(?<!\\)`+")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return a paragraph's Markdown with `change` made to all but its inline code."""
    out, end = [], 0
    for start, stop in _code(text):
        out += [change(text[end:start]), text[start:stop]]
        end = stop
    return "".join([*out, change(text[end:])])


def _code(text: str) -> Iterator[tuple[int, int]]:
    """Find code: from a run of backticks to the next one that is as long."""
    runs = [match.span() for match in _BACKTICKS.finditer(text)]
    ends: defaultdict[int, deque[tuple[int, int]]] = defaultdict(deque)
    for start, stop in runs:
        ends[stop - start].append((start, stop))
    end = 0
    for start, stop in runs:
        alike = ends[stop - start]
        while alike and alike[0][0] <= start:
            alike.popleft()
        if start >= end and alike:
            end = alike[0][1]
            yield start, end
