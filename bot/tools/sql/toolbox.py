"""SQL tools as a toolbox: looked at before they are offered, and asked for somebody."""

import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from bot.tools import words
from bot.tools.protocol import Caller, ToolFailedError, ToolSpec
from bot.tools.sql.files import SqlTool
from bot.tools.sql.values import KINDS
from db.errors import FruitlessError
from db.records import LookedUp, Lookup

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
CLOSE_SECONDS = 2.0
# What of a tool that was offered says nothing against it.
PASSING = ("away", "busy")
NO_DATABASE = "TOOLS_DATABASE_URL is not set, which leads to the tables that it reads"
NOT_LOOKED = "its database was not looked at so far"


class Lookups(Protocol):
    """The database that the tools read."""

    def find_faults(
        self, lookups: Mapping[str, Lookup]
    ) -> Mapping[str, FruitlessError]:
        """Return why lookups can't be made, by their names; the others can.

        Raises FruitlessError where the database can't be asked at all now.
        """

    def ask(
        self,
        lookup: Lookup,
        values: Sequence[Any],
        user_id: UUID,
        address: str,
        seconds: float,
    ) -> LookedUp:
        """Make a lookup for a person, within `seconds`. Raises FruitlessError."""

    def close(self) -> None:
        """Close the connections."""


class SqlTools:
    """A toolbox of statements; see Toolbox. None of them has any effect.

    Those whose database, role or tables are not as they should be are not offered. That
    is looked at again every minute, once it is started.
    """

    def __init__(self, tools: Sequence[SqlTool], lookups: Lookups | None) -> None:
        self._tools = {tool.spec.name: tool for tool in tools}
        self._lookups = lookups
        why = NOT_LOOKED if lookups else NO_DATABASE
        self._faults: Mapping[str, str] = dict.fromkeys(self._tools, why)
        self._was_looked = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(
            target=self._look_again, name="SQL tools", daemon=True
        )

    def start(self, seconds: float) -> None:
        """Look at the tools now, waiting so long for it, and every minute from then."""
        self._thread.start()
        self._was_looked.wait(seconds)

    def close(self) -> None:
        """Look no more, and close the connections."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)
        if self._lookups:
            self._lookups.close()

    def look(self) -> None:
        """Find out which tools can be offered.

        While the database is away or busy, those that were offered go on to be.
        """
        self._faults = self._find_faults()

    def faults(self) -> Mapping[str, str]:
        """Return why tools are not offered, by their names."""
        return dict(self._faults)

    def offered(self) -> Sequence[ToolSpec]:
        """Return those that were found to be as they should: see Toolbox."""
        faults = self._faults
        return [tool.spec for name, tool in self._tools.items() if name not in faults]

    def find_spec(self, name: str) -> ToolSpec | None:
        """Return one of them, whatever is wrong with it: see Toolbox."""
        tool = self._tools.get(name)
        return tool.spec if tool else None

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        caller: Caller,
        key: UUID,  # noqa: ARG002  (nothing is changed, whichever try it is)
        seconds: float,
    ) -> str:
        """Make a lookup for the caller: see Toolbox. Raises ToolFailedError alone."""
        tool = self._tools[name]
        values = [_read(tool, at, arguments) for at in range(len(tool.parameters))]
        if self._lookups is None:
            raise ToolFailedError(words.NOT_NOW)
        asked = (caller.user_id, caller.address, seconds)
        try:
            found = self._lookups.ask(tool.lookup, values, *asked)
        except FruitlessError as error:
            log.warning("the tool %s found nothing out: %s", name, error.why)
            if error.kind == "fault":
                self._faults = {**self._faults, name: error.why}
            raise ToolFailedError(str(error)) from None
        return _told(found)

    def _find_faults(self) -> Mapping[str, str]:
        if self._lookups is None:
            return dict.fromkeys(self._tools, NO_DATABASE)
        lookups = {name: tool.lookup for name, tool in self._tools.items()}
        before = self._faults
        try:
            found = self._lookups.find_faults(lookups)
        except FruitlessError as error:
            found = dict.fromkeys(lookups, error)
        return {
            name: error.why
            for name, error in found.items()
            if name in before or error.kind not in PASSING
        }

    def _look_again(self) -> None:
        told: Mapping[str, str] = {}
        while True:
            try:
                self.look()
                told = _log_changes(told, self._faults)
            except Exception:
                log.exception("SQL tools could not be looked at")
            finally:
                self._was_looked.set()
            if self._closing.wait(LOOK_SECONDS):
                return


def _log_changes(
    told: Mapping[str, str], found: Mapping[str, str]
) -> Mapping[str, str]:
    """Log once what becomes of a tool; return what is told then."""
    for name, fault in found.items():
        if fault != told.get(name):
            log.warning("the tool %s is not offered: %s", name, fault)
    for name in set(told) - set(found):
        log.warning("the tool %s is offered again", name)
    return found


def _read(tool: SqlTool, at: int, arguments: Mapping[str, Any]) -> Any:
    """Return the value of one parameter; it passed its schema."""
    parameter = tool.parameters[at]
    value, kind = arguments.get(parameter.name), KINDS[parameter.kind]
    if value is None:
        return None
    try:
        return kind.read(value)
    except (ValueError, TypeError, OverflowError):
        raise ToolFailedError(f"{parameter.name} must be {kind.hint}") from None


def _told(found: LookedUp) -> str:
    if not found.rows:
        return words.NOTHING_FOUND
    return "\n".join([*found.rows, *([words.MORE_ROWS] if found.is_cut else [])])
