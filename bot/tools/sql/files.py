"""The folder of SQL tools that BOT_SQL_TOOLS names: each .sql file is one tool."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from bot.tools.protocol import MOST_SECONDS, NAME, Approval, ToolSpec
from bot.tools.registry import MOST_TOOLS
from bot.tools.sql.head import (
    Head,
    HeadError,
    Parameter,
    read_head,
    read_parameters,
)
from bot.tools.sql.statement import StatementError, bind_places
from bot.tools.sql.values import KINDS
from db.errors import OperatorError
from db.records import Lookup

MOST_BYTES = 64 * 1024
SECONDS = 5.0
YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class SqlTool:
    """A tool that is a statement; its values are given in the parameters' order."""

    spec: ToolSpec
    parameters: tuple[Parameter, ...]
    lookup: Lookup
    file: Path


def load_sql_tools(folder: Path) -> list[SqlTool]:
    """Return the tools of a folder's .sql files, in the order of their names.

    Raises OperatorError, which names file and line.
    """
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".sql")
    except (OSError, ValueError):
        raise OperatorError(
            f"BOT_SQL_TOOLS names {folder}, which is no folder that can be read"
        ) from None
    if not files:
        raise OperatorError(f"BOT_SQL_TOOLS names {folder}, which has no .sql files")
    if len(files) > MOST_TOOLS:
        raise OperatorError(
            f"BOT_SQL_TOOLS names {folder}, which has {len(files)} tools: "
            f"{MOST_TOOLS} at most"
        )
    found: dict[str, SqlTool] = {}
    for file in files:
        read = _load(file)
        if other := found.get(read.spec.name):
            raise OperatorError(
                f"{file} and {other.file} are both the tool {read.spec.name}: "
                "name one of them otherwise"
            )
        found[read.spec.name] = read
    return list(found.values())


def _load(file: Path) -> SqlTool:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise OperatorError(f"{file} can't be read: it must be text in UTF-8") from None
    if len(content) > MOST_BYTES:
        raise OperatorError(f"{file} is larger than {MOST_BYTES // 1024} KB")
    lines = text.replace("\r\n", "\n").split("\n")
    try:
        return _read(lines, file)
    except HeadError as error:
        raise OperatorError(f"{file}, line {error.line}: {error}") from None


def _read(lines: Sequence[str], file: Path) -> SqlTool:
    head = read_head(lines)
    parameters = read_parameters(head)
    for one in parameters:
        if one.kind not in KINDS:
            known = ", ".join(KINDS)
            told = f"the type of {one.name} must be one of {known}"
            raise HeadError(told, one.line)
    types = {one.name: KINDS[one.kind].postgres for one in parameters}
    below = "\n".join(lines[head.lines :])
    try:
        statement = bind_places(below, types)
    except StatementError as error:
        line = head.lines + 1 + below.count("\n", 0, error.position)
        raise HeadError(str(error), line) from None
    shared = _one_of(head, "shared", YES_NO, "no")
    lookup = Lookup(statement, len(parameters), shared=shared)
    return SqlTool(_spec_of(head, parameters), tuple(parameters), lookup, file)


def _spec_of(head: Head, parameters: Sequence[Parameter]) -> ToolSpec:
    approvals: dict[str, Approval] = {one: one for one in get_args(Approval)}
    return ToolSpec(
        name=_name_of(head),
        description=_needed(head, "description"),
        parameters=_schema_of(parameters),
        effects="none",
        approval=_one_of(head, "approval", approvals, "always"),
        seconds=_seconds_of(head),
        asks=_text(head, "asks"),
        source="sql",
    )


def _schema_of(parameters: Sequence[Parameter]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {one.name: _schema(one) for one in parameters},
        "required": [one.name for one in parameters if not one.optional],
        "additionalProperties": False,
    }


def _schema(parameter: Parameter) -> dict[str, Any]:
    kind = dict(KINDS[parameter.kind].schema)
    told = {"description": parameter.told} if parameter.told else {}
    whole = {"anyOf": [kind, {"type": "null"}]} if parameter.optional else kind
    return {**whole, **told}


def _text(head: Head, key: str) -> str:
    entry = head.find(key)
    return entry.value if entry else ""


def _needed(head: Head, key: str) -> str:
    if not (text := _text(head, key)):
        raise HeadError(f"the head lacks `-- {key}: …`", 1)
    return text


def _name_of(head: Head) -> str:
    name = _needed(head, "name")
    if not re.fullmatch(NAME, name):
        told = "a name has letters, digits and _, 64 at most"
        raise HeadError(told, _line_of(head, "name"))
    return name


def _line_of(head: Head, key: str) -> int:
    entry = head.find(key)
    return entry.line if entry else 1


def _one_of(head: Head, key: str, known: Mapping[str, Any], usual: str) -> Any:
    word = _text(head, key) or usual
    if word not in known:
        told = f"{key} must be one of {', '.join(known)}"
        raise HeadError(told, _line_of(head, key))
    return known[word]


def _seconds_of(head: Head) -> float:
    told = _text(head, "seconds") or str(SECONDS)
    try:
        seconds = float(told)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MOST_SECONDS:
        most = f"seconds must be a number up to {MOST_SECONDS:g}"
        raise HeadError(most, _line_of(head, "seconds"))
    return seconds
