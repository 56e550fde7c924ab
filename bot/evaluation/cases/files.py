"""Cases in files: YAML beside the code, read strictly, each fault with its line.

All values are texts, as in tests/conversations: yes, on and 404 too; but those of
`arguments` are what YAML takes them for. docs/operations.md has every key.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.evaluation.cases.expecting import (
    READERS,
    ExpectationError,
    read_expectations,
)
from bot.evaluation.cases.nouns import Case
from bot.evaluation.cases.talks import Line, RecordedCall, situation_of
from db.errors import OperatorError

ENDINGS = (".yaml", ".yml")
MOST_BYTES = 1 << 20
MOST_CASES = 2000
# An export writes one a file.
MOST_FILES = MOST_CASES
MOST_LINES = 100
# A case has five, and what arguments hold. Each costs PyYAML as much as all before it.
MOST_LEVELS = 50
# Beside the expectations.
OWN = ("name", "why", "at", "ask", "talk", "said", "calls")
SIDES = {"user": True, "bot": False}
OF_DATABASE = re.compile(r"(?:case )?[0-9]+")
OF_CALL = {"tool", "arguments", "result"}
WORDS = "tag:yaml.org,2002:str"


class CaseFileError(OperatorError):
    """A file of cases can't be read; the message names the file and the line."""


class _FaultError(Exception):
    def __init__(self, node: yaml.Node, why: str) -> None:
        super().__init__(why)
        self.line = node.start_mark.line + 1


def read_folder(folder: Path) -> list[Case]:
    """Return the cases of all files in a folder, by the files' names.

    Raises CaseFileError for the first that can't be read, or that is there twice.
    """
    try:
        there = sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS)
    except OSError as error:
        raise CaseFileError(f"{folder} can't be read: {error.strerror}") from None
    if not there:
        raise CaseFileError(f"{folder} has no cases: there is no .yaml file in it")
    if len(there) > MOST_FILES:
        raise CaseFileError(f"{folder} has more than {MOST_FILES} files of cases")
    return _distinct(pair for path in there for pair in read_file(path))


def read_file(path: Path) -> Iterator[tuple[str, Case]]:
    """Yield the cases of a file, each with where it stands. Raises CaseFileError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CaseFileError(f"{path} has more than {MOST_BYTES >> 20} MB")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise CaseFileError(f"{path} can't be read as a text in UTF-8") from None
    try:
        for node in _nodes(text):
            yield f"{path}:{node.start_mark.line + 1}", _read_case(node)
    except _FaultError as fault:
        raise CaseFileError(f"{path}:{fault.line}: {fault}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        told = getattr(error, "problem", None) or "it is no YAML"
        raise CaseFileError(f"{path}:{line}: {told}") from None


def _distinct(found: Iterator[tuple[str, Case]]) -> list[Case]:
    places: dict[str, str] = {}
    cases = []
    for place, case in found:
        if case.label in places:
            first = places[case.label]
            raise CaseFileError(f"{place}: {case.label!r} is there already: {first}")
        places[case.label] = place
        cases.append(case)
        if len(cases) > MOST_CASES:
            raise CaseFileError(f"there are more than {MOST_CASES} cases")
    return cases


def _nodes(text: str) -> Iterator[yaml.Node]:
    """Yield a node a case: of each document, which may be a list of them."""
    _refuse_what_grows(text)
    for document in yaml.compose_all(text, yaml.SafeLoader):
        if isinstance(document, yaml.SequenceNode):
            yield from document.value
        elif document is not None:
            yield document


def _refuse_what_grows(text: str) -> None:
    """Refuse, before anything is built, what would take far longer than to read it."""
    levels = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):  # some lines could be a million
            raise _at(event, "a case can't use *: write it out")
        if isinstance(event, yaml.CollectionStartEvent):
            levels += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            levels -= 1
        if levels > MOST_LEVELS:
            raise _at(event, "it is nested too deeply")


def _at(event: Any, why: str) -> _FaultError:
    return _FaultError(event, why)


def _read_case(node: yaml.Node) -> Case:
    given = _mapping(node)
    for key, (key_node, _) in given.items():
        if key not in (*OWN, *READERS):
            known = ", ".join((*OWN, *READERS))
            raise _FaultError(key_node, f"{key} is not known here: there are {known}")
    own = {key: value for key, (_, value) in given.items() if key in OWN}
    name = _word(own["name"]) if "name" in own else ""
    if not name:
        raise _FaultError(node, "a case needs a name")
    if OF_DATABASE.fullmatch(name):
        raise _FaultError(node, f"{name} is what cases of the database are called")
    lines = _lines(node, own)
    situation = situation_of(
        name,
        lines,
        said=_word(own["said"]) if "said" in own else None,
        calls=[_call(one) for one in _items(own["calls"])] if "calls" in own else (),
        at=_moment(own["at"]) if "at" in own else None,
    )
    expected = {k: pair for k, pair in given.items() if k in READERS}
    _require(node, expected, is_said=situation.said is not None)
    return Case(
        name=name,
        why=_word(own["why"]) if "why" in own else "",
        situation=situation,
        expects=_expectations(expected),
        question="\n".join(turn.content for turn in situation.batch),
    )


def _require(node: yaml.Node, expected: Mapping[str, Any], *, is_said: bool) -> None:
    if not expected:
        raise _FaultError(node, "a case needs what the answer must have, such as must")
    if "again" in expected and not is_said:
        key_node, _ = expected["again"]
        raise _FaultError(key_node, "again needs said: what was said then")


def _expectations(given: Mapping[str, tuple[yaml.Node, yaml.Node]]) -> Any:
    told = {key: _plain(value) for key, (_, value) in given.items()}
    try:
        return read_expectations(told)
    except ExpectationError as error:
        raise _FaultError(given[error.key][0], str(error)) from None


def _lines(node: yaml.Node, own: Mapping[str, yaml.Node]) -> list[Line]:
    """Return what was said, the user's words at the end."""
    if ("ask" in own) == ("talk" in own):
        raise _FaultError(node, "a case needs either ask or talk")
    if "ask" in own:
        return [Line(is_user=True, text=_word(own["ask"]))]
    lines = [_line(one) for one in _items(own["talk"])]
    if not lines or not lines[-1].is_user:
        raise _FaultError(own["talk"], "a talk must end with what the user says")
    if len(lines) > MOST_LINES:
        raise _FaultError(own["talk"], f"a talk has {MOST_LINES} lines at most")
    return lines


def _line(node: yaml.Node) -> Line:
    ((side, (key_node, value)),) = _one(node).items()
    if side not in SIDES:
        raise _FaultError(key_node, f"{side} says nothing: user and bot do")
    return Line(is_user=SIDES[side], text=_word(value))


def _one(node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    found = _mapping(node)
    if len(found) != 1:
        raise _FaultError(node, "a line of a talk is user: words, or bot: words")
    return found


def _call(node: yaml.Node) -> RecordedCall:
    given = _mapping(node)
    for key, (key_node, _) in given.items():
        if key not in OF_CALL:
            raise _FaultError(key_node, f"{key}: a call has tool, arguments, result")
    if "tool" not in given or "result" not in given:
        raise _FaultError(node, "a call needs tool and result")
    arguments = _typed(given["arguments"][1]) if "arguments" in given else {}
    if not isinstance(arguments, dict):
        raise _FaultError(given["arguments"][1], "arguments must be names and values")
    return RecordedCall(_word(given["tool"][1]), arguments, _word(given["result"][1]))


def _mapping(node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise _FaultError(node, "here must be names, each with a value")
    found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key_node, value in node.value:
        key = _word(key_node)
        if key in found:
            raise _FaultError(key_node, f"{key} is there twice")
        found[key] = (key_node, value)
    return found


def _items(node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise _FaultError(node, "here must be a list")
    return list(node.value)


def _word(node: yaml.Node) -> str:
    text = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
    if not text:
        raise _FaultError(node, "here must be words")
    return str(text)


def _plain(node: yaml.Node) -> Any:
    """Return a value of an expectation: a text, a list, or a call."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one) for one in node.value]
    if isinstance(node, yaml.MappingNode):
        told = _mapping(node)
        return {
            key: _typed(value) if key == "arguments" else _plain(value)
            for key, (_, value) in told.items()
        }
    return node.value


def _moment(node: yaml.Node) -> datetime:
    """Return when a case is: what it asks of tomorrow is the same each day then."""
    try:
        at = datetime.fromisoformat(_word(node))
    except ValueError:
        raise _FaultError(node, "at must be a time such as 2026-03-06 10:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _typed(node: yaml.Node) -> Any:
    """Return what YAML takes a value for; only JSON's kinds are let in."""
    loader = yaml.SafeLoader("")
    try:
        found = loader.construct_document(node)
    finally:
        loader.dispose()
    if not _is_json(found):
        raise _FaultError(node, "arguments hold texts, numbers, yes and no alone")
    return found


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_json(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(_is_json, value))
    return value is None or isinstance(value, str | int | float | bool)
