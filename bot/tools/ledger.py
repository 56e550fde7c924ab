"""Where calls are written before they take effect: what the talk asks of it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from db.records import Call, CalledFor, CallState, Writing


class Ledger(Protocol):
    """The calls of every batch. Each method is one transaction."""

    def find(self, message_sid: str) -> Sequence[Call]:
        """Return the calls of a batch, named by its first message, in their order."""

    def find_done(self, user_id: UUID) -> Sequence[Call]:
        """Return a user's newest calls that had their effect, newest first."""

    def write(self, call: Call, asked_for: CalledFor) -> Writing:
        """Write a new call, in its state, if its batch is to be answered still.

        An intent is committed when this returns: only then its effect may begin.
        """

    def begin_again(self, call_id: UUID, asked_for: CalledFor) -> Writing:
        """Ask the same of an intent that stands already, before it is tried again."""

    def settle(
        self, call_id: UUID, state: CallState, result: str, error: str | None = None
    ) -> bool:
        """Write what came of an intent; False: it was settled otherwise, or erased."""
