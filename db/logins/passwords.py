"""Password hashes: argon2id, its parameters in one place, few of them at a time.

A hash takes 64 MiB and tens of milliseconds, known name or not: whoever sends many
log-ins at once waits, and is turned away before the process runs out of memory.
"""

import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from db.errors import OperatorError

# RFC 9106, the second recommended set: for machines with little memory.
HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
AT_ONCE = 2
WAIT_SECONDS = 10.0
LONGEST = 200


class BusyError(OperatorError):
    """Too many log-ins at once: the same a little later goes through."""


@dataclass(frozen=True)
class Passwords:
    """Makes and checks hashes. `at_once` bounds those of this process."""

    hasher: PasswordHasher = HASHER
    at_once: int = AT_ONCE
    wait_seconds: float = WAIT_SECONDS
    _places: BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", BoundedSemaphore(self.at_once))

    def hash(self, password: str) -> str:
        """Return a hash to store. Raises BusyError."""
        with self._place():
            return self.hasher.hash(_one_form(password))

    def fits(self, password: str, stored: str | None) -> bool:
        """Tell whether the password is this hash's; None: nobody's, in equal time.

        Raises BusyError.
        """
        with self._place():
            nobodys = self._nobodys
            return self._verify(password, stored or nobodys) and stored is not None

    def fits_any(self, password: str, stored: Iterable[str]) -> bool:
        """Tell whether the password is one of these hashes'. Raises BusyError."""
        return any(self.fits(password, each) for each in stored)

    def is_outgrown(self, stored: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self.hasher.check_needs_rehash(stored)

    @cached_property
    def _nobodys(self) -> str:
        return self.hasher.hash(secrets.token_urlsafe(32))

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self.hasher.verify(stored, _one_form(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self.wait_seconds):
            raise BusyError("Too many people log in at once: try again in a minute.")
        try:
            yield
        finally:
            self._places.release()


def _one_form(password: str) -> bytes:
    """Return one spelling of what looks the same: keyboards differ."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
