"""From a Python function to a tool: name, docstring and type hints say what it is."""

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from bot.tools.protocol import (
    MOST_SECONDS,
    NAME,
    Approval,
    Caller,
    CallKey,
    Effects,
    ToolSpec,
)
from db.errors import OperatorError

Function = TypeVar("Function")
SCALARS: Mapping[Any, Mapping[str, str]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    time: {"type": "string", "format": "time"},
    datetime: {"type": "string", "format": "date-time"},
}
READ: Mapping[Any, Callable[[Any], Any]] = {
    int: int,
    float: float,
    date: date.fromisoformat,
    time: time.fromisoformat,
    datetime: datetime.fromisoformat,
}
# Given by the bot, whatever the parameter's name: no LLM is asked for them.
GIVEN = (Caller, CallKey)
MARK = "_tool_of_the_bot"


@dataclass(frozen=True, slots=True)
class Declared:
    """A function that is a tool.

    `hints` are the types of its arguments, `given` of what the bot gives it, by the
    names of parameters.
    """

    function: Callable[..., Any]
    spec: ToolSpec
    hints: Mapping[str, Any]
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    effects: Effects
    approval: Approval
    resource: str | None
    approvals: Mapping[str, Approval]
    seconds: float
    asks: str
    name: str | None


def tool(  # noqa: PLR0913  (all have defaults, and are named)
    *,
    effects: Effects = "once",
    approval: Approval = "always",
    resource: str | None = None,
    approvals: Mapping[str, Approval] | None = None,
    seconds: float = 10.0,
    asks: str = "",
    name: str | None = None,
) -> Callable[[Function], Function]:
    """Make a function a tool: see ToolSpec for what is said of it.

    Its docstring tells the LLM what it does, its parameters need type hints; one of
    type Caller gets who asks, one of type CallKey what to keep against a second effect.
    What is not declared otherwise may take effect once: it is never called again.
    """
    mark = _Mark(
        effects=effects, approval=approval, resource=resource,
        approvals=approvals or {}, seconds=seconds, asks=asks, name=name,
    )  # fmt: skip

    def marked(function: Function) -> Function:
        setattr(function, MARK, mark)
        return function

    return marked


def find_tools(module: types.ModuleType) -> list[Declared]:
    """Return a module's tools, in the order of its file. Raises OperatorError."""
    members = [one for one in vars(module).values() if hasattr(one, MARK)]
    return [_declared(one) for one in members]


def _declared(function: Callable[..., Any]) -> Declared:
    mark: _Mark = getattr(function, MARK)
    called = getattr(function, "__name__", "?")
    name = mark.name or called
    described = inspect.getdoc(function)
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        raise OperatorError(f"the tool {name} must be a plain function, not async")
    if not described:
        raise OperatorError(f"the tool {name} needs a docstring: the LLM reads it")
    _check(mark, name)
    hints, given = _hints_of(function, name)
    schema = _schema_of(function, hints, name)
    if mark.resource and mark.resource not in hints:
        raise OperatorError(f"the tool {name} has no parameter {mark.resource}")
    spec = ToolSpec(
        name=name,
        description=described,
        parameters=schema,
        effects=mark.effects,
        approval=mark.approval,
        resource=mark.resource,
        approvals=mark.approvals,
        seconds=mark.seconds,
        asks=mark.asks,
    )
    return Declared(function, spec, hints, given)


def _check(mark: _Mark, name: str) -> None:
    if not re.fullmatch(NAME, name):
        raise OperatorError(
            f"the tool {name!r} must be named with letters, digits and _, 64 at most"
        )
    if mark.effects not in get_args(Effects):
        told = ", ".join(get_args(Effects))
        raise OperatorError(f"the tool {name}: effects must be one of {told}")
    if not {mark.approval, *mark.approvals.values()} <= set(get_args(Approval)):
        told = ", ".join(get_args(Approval))
        raise OperatorError(f"the tool {name}: approval must be one of {told}")
    if mark.approvals and not mark.resource:
        raise OperatorError(f"the tool {name}: approvals differ by a resource: name it")
    if not 0 < mark.seconds <= MOST_SECONDS:
        raise OperatorError(f"the tool {name} may take {MOST_SECONDS:g} seconds")


def _hints_of(
    function: Callable[..., Any], name: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the types of a function's arguments, and of what it is given."""
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise OperatorError(f"the tool {name} has a type hint that {error}") from None
    parameters = inspect.signature(function).parameters
    for each in parameters.values():
        if each.kind in {each.VAR_POSITIONAL, each.VAR_KEYWORD, each.POSITIONAL_ONLY}:
            raise OperatorError(f"the tool {name} takes {each}: name each parameter")
        if each.name not in hints:
            raise OperatorError(f"the tool {name}: {each.name} needs a type hint")
    given = {n: hints[n] for n in parameters if hints[n] in GIVEN}
    return {n: hints[n] for n in parameters if n not in given}, given


def _schema_of(
    function: Callable[..., Any], hints: Mapping[str, Any], name: str
) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters
    properties = {n: _schema(hint, f"{name}: {n}") for n, hint in hints.items()}
    required = [n for n in hints if parameters[n].default is inspect.Parameter.empty]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _schema(hint: Any, where: str) -> dict[str, Any]:
    if hint in SCALARS:
        return dict(SCALARS[hint])
    kind, inner = get_origin(hint), get_args(hint)
    if kind is Annotated:
        told = [one for one in inner[1:] if isinstance(one, str)]
        described = {"description": told[0]} if told else {}
        return {**_schema(inner[0], where), **described}
    if kind is Literal:
        return {"enum": list(inner)}
    if kind is list and len(inner) == 1:
        return {"type": "array", "items": _schema(inner[0], where)}
    if kind in {Union, types.UnionType}:
        options = [one for one in inner if one is not type(None)]
        if len(options) == 1:
            return {"anyOf": [_schema(options[0], where), {"type": "null"}]}
    known = "str, int, float, bool, date, time, datetime, Literal, list of these"
    raise OperatorError(f"the tool {where} has a type that is none of {known}")


def read_value(value: Any, hint: Any) -> Any:
    """Return an argument as its type hint has it. Raises ValueError."""
    kind, inner = get_origin(hint), get_args(hint)
    if kind is Annotated:
        return read_value(value, inner[0])
    if kind is list:
        return [read_value(one, inner[0]) for one in value]
    if kind in {Union, types.UnionType}:
        options = [one for one in inner if one is not type(None)]
        return None if value is None else read_value(value, options[0])
    return READ[hint](value) if hint in READ else value
