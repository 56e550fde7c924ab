"""An operator's own Python functions as tools: the module that BOT_TOOLS names."""

import importlib
import importlib.util
import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from bot.processors import anywhere
from bot.tools.declaring import Declared, find_tools, read_value
from bot.tools.protocol import (
    Caller,
    ToolFailedError,
    ToolSpec,
    ToolUnclearError,
)
from db.errors import OperatorError

log = logging.getLogger(__name__)

# A function that never returns keeps its thread: so many, and no call begins any more.
MOST_AT_ONCE = 16
OWN_MODULE = "tools_of_the_operator"


class PythonTools:
    """A toolbox of functions, each call in a thread of its own; see Toolbox."""

    def __init__(self, declared: Sequence[Declared]) -> None:
        self._declared = {one.spec.name: one for one in declared}
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)

    def offered(self) -> Sequence[ToolSpec]:
        """Return all of them: they are in this process."""
        return [one.spec for one in self._declared.values()]

    def find_spec(self, name: str) -> ToolSpec | None:
        """Return one of them: see Toolbox."""
        declared = self._declared.get(name)
        return declared.spec if declared else None

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        caller: Caller,
        key: UUID,
        seconds: float,
    ) -> str:
        """Call a function: see Toolbox. What it raises leaves its effect open."""
        declared = self._declared[name]
        try:
            given = _bind(declared, arguments, caller, key)
        except (ValueError, TypeError) as error:
            raise ToolFailedError(f"an argument is wrong: {error}") from None
        if not self._free.acquire(blocking=False):
            raise ToolFailedError("too many calls of tools are under way")
        running = _Running(lambda: declared.function(**given), self._free.release)
        threading.Thread(target=running.run, name=f"tool {name}", daemon=True).start()
        if not running.done.wait(seconds):
            raise ToolUnclearError(f"no answer within {seconds:.0f} s")
        return running.told(name)


@dataclass(slots=True)
class _Running:
    """A call under way: what it returned or raised, once it is done."""

    call: Callable[[], Any]
    release: Callable[[], None]
    done: threading.Event = field(default_factory=threading.Event)
    returned: Any = None
    raised: BaseException | None = None

    def run(self) -> None:
        try:
            with anywhere():
                self.returned = self.call()
        except BaseException as error:  # noqa: BLE001 - told to who waits
            self.raised = error
        finally:
            self.release()
            self.done.set()

    def told(self, name: str) -> str:
        """Return the result in words. Raises ToolFailedError or ToolUnclearError."""
        if isinstance(self.raised, ToolFailedError | ToolUnclearError):
            raise self.raised
        if self.raised is not None:
            # Not its text, which may quote what people wrote.
            frames = traceback.extract_tb(self.raised.__traceback__)
            where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
            kind = type(self.raised).__name__
            log.error("the tool %s raised %s at %s", name, kind, where)
            raise ToolUnclearError(f"it raised {kind} at {where}")
        return as_text(self.returned)


def as_text(value: Any) -> str:
    """Return what a tool returned, in words for an LLM."""
    if value is None:
        return "Done."
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, TypeError, RecursionError):
        return str(value)


def _bind(
    declared: Declared, arguments: Mapping[str, Any], caller: Caller, key: UUID
) -> dict[str, Any]:
    values = {
        name: read_value(v, declared.hints[name]) for name, v in arguments.items()
    }
    own = {n: caller if h is Caller else key for n, h in declared.given.items()}
    return {**values, **own}


def load_python_tools(named: str) -> PythonTools:
    """Return the tools of a module: its dotted name, or a path that ends in .py.

    Raises OperatorError.
    """
    try:
        module = _import(named)
    except Exception as error:  # noqa: BLE001 - whatever the operator's module does
        kind = type(error).__name__
        raise OperatorError(
            f"BOT_TOOLS names {named}, which can't be loaded: {kind}: {error}"
        ) from None
    declared = find_tools(module)
    if not declared:
        raise OperatorError(
            f"BOT_TOOLS names {named}, in which no function is marked with @tool(...)"
        )
    return PythonTools(declared)


def _import(named: str) -> ModuleType:
    if not named.endswith(".py"):
        return importlib.import_module(named)
    spec = importlib.util.spec_from_file_location(OWN_MODULE, Path(named).absolute())
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[OWN_MODULE] = module
    spec.loader.exec_module(module)
    return module
