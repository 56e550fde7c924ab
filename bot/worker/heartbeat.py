"""A sign of life that a worker can't give while it does no work."""

import logging
from pathlib import Path

from db.errors import OperatorError

log = logging.getLogger(__name__)


class Heartbeat:
    """A file that is touched whenever the worker has looked for jobs.

    So its age tells at once of an event loop that hangs, of a database that is away,
    and of a worker that takes no more since all of its answers wait for the LLM.
    """

    def __init__(self, file: Path) -> None:
        """Take away what an earlier worker left; raises OperatorError if that fails."""
        self._file = file
        self._is_told = False
        try:
            file.unlink(missing_ok=True)
            file.parent.stat()
        except OSError as error:
            raise OperatorError(
                f"WORKER_HEARTBEAT_FILE can't be written ({error.strerror}): choose a "
                "file in a folder that is there"
            ) from None

    def beat(self) -> None:
        """Say that the worker has looked for jobs, and that the database answered."""
        try:
            self._file.touch()
        except OSError as error:
            if not self._is_told:  # twice a second would flood the log
                log.warning("no heartbeat can be written: %s", error.strerror)
            self._is_told = True
