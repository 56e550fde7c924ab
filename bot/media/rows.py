"""Where looking stores how far each thing is."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from db.records import SeenMedia


class OfLate(Protocol):
    """How much of a user's was fetched of late."""

    @property
    def things(self) -> int:
        """How many things."""

    @property
    def bytes(self) -> int:
        """How many bytes they had."""


class Rows(Protocol):
    """Where it is stored how far each thing is."""

    def count(self, user_id: UUID, within: timedelta, /) -> OfLate:
        """Count what was fetched of a user's."""

    def keep(self, user_id: UUID, seen: SeenMedia, content: bytes, /) -> SeenMedia:
        """Store that a thing was fetched, and its bytes. May raise OSError."""

    def settle(
        self,
        user_id: UUID,
        seen: SeenMedia,
        pieces: Sequence[tuple[str, int | None, str]] = (),
        /,
    ) -> None:
        """Store what a thing says, with its pieces, or why it can't be read."""

    def read(self, sha256: str, /) -> bytes | None:
        """Return the bytes of a content; None: they are gone."""
