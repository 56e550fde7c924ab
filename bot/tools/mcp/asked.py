"""One call on its way from the thread that asks to the task that owns the server."""

import time
from collections.abc import Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any

from bot.tools.protocol import ToolFailedError, ToolUnclearError

# A little longer than the task's own deadline, which tells more of what happened.
SPARE_SECONDS = 0.25
LATE = "did not answer in time"


class Asked:
    """A call: it waits until it is begun, and has its effect, perhaps, from then on.

    Whoever asks waits until the deadline and no longer, whatever becomes of the task.
    """

    def __init__(
        self, server: str, tool: str, arguments: Mapping[str, Any], seconds: float
    ) -> None:
        self.tool, self.arguments = tool, dict(arguments)
        self._server = server
        self._until = time.monotonic() + seconds
        self._future: Future[str] = Future()

    @property
    def left(self) -> float:
        """The seconds until the deadline; 0 or less: it is past."""
        return self._until - time.monotonic()

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits to hear what came of it."""
        return not self._future.done()

    @property
    def is_begun(self) -> bool:
        """Whether it is under way: it may have had its effect."""
        return self._future.running()

    def wait(self) -> str:
        """Return what the tool said. Raises ToolFailedError and ToolUnclearError."""
        try:
            return self._future.result(max(0.0, self.left) + SPARE_SECONDS)
        except TimeoutError:
            pass
        if self._future.cancel():  # never begun, and never will be
            raise ToolFailedError(self._tell(LATE))
        if self._future.done():  # just now
            return self._future.result()
        raise ToolUnclearError(self._tell(LATE))

    def begin(self) -> bool:
        """Tell whether it may be begun: not if nobody waits for it any more."""
        return self._future.set_running_or_notify_cancel()

    def end(self, said: str) -> None:
        """Tell what the tool said."""
        with suppress(InvalidStateError):
            self._future.set_result(said)

    def fail(self, why: str) -> None:
        """Tell that it failed; what was begun may have had its effect."""
        kind = ToolUnclearError if self.is_begun else ToolFailedError
        with suppress(InvalidStateError):
            self._future.set_exception(kind(self._tell(why)))

    def refuse(self, why: str) -> None:
        """Tell that the server itself says that nothing was done."""
        with suppress(InvalidStateError):
            self._future.set_exception(ToolFailedError(why))

    def _tell(self, why: str) -> str:
        return f"The server {self._server} {why}."
