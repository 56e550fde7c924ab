"""Taking in a version of a document: read, cut, stored; or refused with a sentence."""

import logging
from collections.abc import Callable
from typing import Protocol

from db.errors import OperatorError, StoreUnavailableError
from db.records import TakenIn, Upload

log = logging.getLogger(__name__)

BROKEN = (
    "it could not be taken in, since our reader failed on it ({}): save it as PDF or "
    "text, and add that"
)
GIVEN_UP = (
    "it was tried {} times, and each time the worker ended or the database went away: "
    "split it, and add the pieces"
)


class Versions(Protocol):
    """Where versions wait and are stored (db.knowledge.documents)."""

    def read_upload(self, document_id: int, /) -> Upload | None:
        """Return the version that waits."""

    def store(self, upload: Upload, taken: TakenIn, /) -> bool:
        """Serve it from now on, if it still waits."""

    def fail(self, upload: Upload, sentence: str, /) -> bool:
        """Say why it is not taken in, if it still waits."""


class Intake:
    """Takes in what waits. `read` raises OperatorError for what it can't read."""

    def __init__(self, versions: Versions, read: Callable[[Upload], TakenIn]) -> None:
        self._versions = versions
        self._read = read

    def take_in(self, document_id: int) -> str:
        """Take in the version of a document that waits; return what became of it.

        That is `taken_in`, `refused`, or `nothing` where none waits (any more). It may
        run twice, or break off anywhere. Raises StoreUnavailableError: later, then.
        """
        upload = self._versions.read_upload(document_id)
        if upload is None:
            return "nothing"
        try:
            taken = self._read(upload)
            is_stored = self._versions.store(upload, taken)
        except StoreUnavailableError:
            raise
        except OperatorError as error:
            return self._refuse(upload, str(error))
        except Exception as error:
            log.exception("a document could not be taken in")
            return self._refuse(upload, BROKEN.format(type(error).__name__))
        return "taken_in" if is_stored else "nothing"

    def give_up(self, document_id: int, tries: int) -> str:
        """Refuse the version that waits, since trying again does not help."""
        upload = self._versions.read_upload(document_id)
        return self._refuse(upload, GIVEN_UP.format(tries)) if upload else "nothing"

    def _refuse(self, upload: Upload, sentence: str) -> str:
        is_told = self._versions.fail(upload, sentence)
        return "refused" if is_told else "nothing"
