"""The statement of a SQL tool: one of it, with `:name` where a value is bound.

No text of anybody's becomes part of a statement: each `:name` becomes a place that the
server fills, of the type that the head of the file tells.
"""

import re
from collections.abc import Iterator, Mapping

TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* )
  | (?P<odd> /\* | \$ \d
           | \$ (?: [A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]* )? \$
           | (?<![\w$]) (?: [eEnNbBxX]' | [uU]&['"] ) )
  | (?P<text> '(?:[^']|'')*' | "(?:[^"]|"")*" )
  | (?P<open> ['"] )
  | (?P<cast> :: | := )
  | : (?P<place> [A-Za-z_]\w* )
  | (?P<end> ; )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
ODD = (
    "can't be read here: write text in plain quotes ('it''s'), comments behind --, and "
    "a parameter as :name"
)
UNKNOWN = "there is no parameter {name!r} in the head (a slice is written [1 : 2])"
UNUSED = "nothing in the statement is :{name}, which the head tells as a parameter"


class StatementError(ValueError):
    """What is wrong with a statement; `position` is where, in characters."""

    def __init__(self, told: str, position: int = 0) -> None:
        super().__init__(told)
        self.position = position


def bind_places(text: str, types: Mapping[str, str]) -> str:
    """Return a statement with $1, $2 … for its parameters, in the order of `types`.

    `types` are PostgreSQL's, by the parameters' names. Raises StatementError.
    """
    numbers = {name: at for at, name in enumerate(types, 1)}
    used: set[str] = set()

    def written(kind: str, match: re.Match[str]) -> str:
        if kind == "comment":
            return ""
        if kind != "place":
            return match[0]
        name = match["place"]
        if name not in numbers:
            raise StatementError(UNKNOWN.format(name=name), match.start())
        used.add(name)
        return f"CAST(${numbers[name]} AS {types[name]})"

    told = "".join(written(kind, match) for kind, match in _tokens(text)).strip()
    if not told:
        raise StatementError("there is no statement below the head")
    for name in types:
        if name not in used:
            raise StatementError(UNUSED.format(name=name))
    return told


def _tokens(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the pieces of one statement, up to its end."""
    ended = False
    for match in TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind in {"odd", "open"}:
            raise StatementError(f"{match[0]} {ODD}", match.start())
        if kind == "end":
            ended = True
        elif not ended:
            yield kind, match
        elif kind != "comment" and match[0].strip():
            raise StatementError("a file has one statement", match.start())
